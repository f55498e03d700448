#!/usr/bin/env bash
# Audit events from a file through benthos to the web hook: do all of them arrive? After `npm run build`, with Go 1.24 or later.
# Out: a line; the exit status is 1 where some are missing.
set -eu -o pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/benthos"
cat > "$work/benthos/go.mod" <<'GO'
module benthos
go 1.24
require github.com/redpanda-data/benthos/v4 v4.60.0
GO
cat > "$work/benthos/main.go" <<'GO'
package main

import (
	"context"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

func main() { service.RunCLI(context.Background()) }
GO
benthos=${BENTHOS:-$work/benthos/benthos}
[ -x "$benthos" ] || (cd "$work/benthos" && GOFLAGS=-mod=mod go build -o benthos .)

port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
echo secret > "$work/token"
cat > "$work/rules.yaml" <<'RULES'
- rule: Any
  desc: every event
  condition: ka.verb exists
  output: id=%ka.auditid
  priority: WARNING
  source: k8s_audit
RULES
cat > "$work/falco.yaml" <<FALCO
load_plugins: [k8saudit]
plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    init_config: {webhook_token_file: $work/token}
    open_params: http://127.0.0.1:$port/k8s-audit
rules_files: [$work/rules.yaml]
stdout_output: {enabled: true}
FALCO
# The snippet of docs/pipelines.md, with this file, port and token.
sed -n '/^## benthos/,/^## /p' docs/pipelines.md | sed -n '/^```yaml/,/^```/p' | sed '/^```/d' |
  sed "s#/var/log/kubernetes/audit.log#$PWD/examples/events.jsonl#; s#HOST:9765#127.0.0.1:$port#; s#TOKEN#secret#" > "$work/pipeline.yaml"
node bin/tsfalco.js -c "$work/falco.yaml" > "$work/alerts" 2> "$work/log" &
for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done
"$benthos" run "$work/pipeline.yaml" > "$work/benthos.log" 2>&1
sent=$(grep -c . examples/events.jsonl)
for _ in $(seq 100); do [ "$(grep -c 'id=' "$work/alerts")" -ge "$sent" ] && break; sleep 0.1; done
arrived=$(grep -o 'id=[^ ]*' "$work/alerts" | sort -u | wc -l)
echo "benthos: $sent events sent, $arrived arrived"
[ "$arrived" = "$sent" ] || { tail "$work/log" "$work/benthos.log"; exit 1; }
