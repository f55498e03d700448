// Google's own test server for Pub/Sub on loopback: project proj, subscription sub.
// In, JSON lines: {"publish": [texts]}; {"refuse": n}: the next n acknowledgements are answered with RESOURCE_EXHAUSTED;
// {"left": true}. Out: {"addr"}; {"left": messages that are not acknowledged}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"cloud.google.com/go/pubsub"
	"cloud.google.com/go/pubsub/pstest"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

var refuse atomic.Int64

type reactor struct{}

func (reactor) React(any) (bool, any, error) {
	if refuse.Add(-1) < 0 {
		refuse.Store(0)
		return false, nil, nil
	}
	return true, nil, status.Error(codes.ResourceExhausted, "too many calls")
}

type command struct {
	Publish []string `json:"publish"`
	Refuse  int64    `json:"refuse"`
	Left    bool     `json:"left"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	srv := pstest.NewServerWithPort(0, pstest.ServerReactorOption{FuncName: "Acknowledge", Reactor: reactor{}})
	ctx := context.Background()
	conn, err := grpc.NewClient(srv.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(err)
	client, err := pubsub.NewClient(ctx, "proj", option.WithGRPCConn(conn))
	must(err)
	topic, err := client.CreateTopic(ctx, "topic")
	must(err)
	_, err = client.CreateSubscription(ctx, "sub", pubsub.SubscriptionConfig{Topic: topic, AckDeadline: 10 * time.Second})
	must(err)
	fmt.Printf("{\"addr\":%q}\n", srv.Addr)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	for lines.Scan() {
		var c command
		must(json.Unmarshal(lines.Bytes(), &c))
		for _, text := range c.Publish {
			srv.Publish("projects/proj/topics/topic", []byte(text), nil)
		}
		refuse.Add(c.Refuse)
		if c.Left {
			left := 0
			for _, m := range srv.Messages() {
				if m.Acks == 0 {
					left++
				}
			}
			fmt.Printf("{\"left\":%d}\n", left)
		}
	}
}
