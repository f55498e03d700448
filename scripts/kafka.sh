#!/usr/bin/env bash
# A Kafka broker of one process, for tests and measurements. `fetch` takes it and all that it needs from Maven into .kafka
# (54 MB, once). `run FOLDER PORT CONTROLLER_PORT [SECURE_PORT PEM]` runs it on loopback with its data in a new folder, until it is
# killed; with a secure port also by TLS, with SCRAM and PLAIN for the user alice, password secret.
# Needs Java 17 or later, and Maven for `fetch`.
set -eu -o pipefail
cd "$(dirname "$0")/.."
version=4.4.0
libs=$PWD/.kafka/$version

fetch() {
  [ -e "$libs/.complete" ] && return
  mkdir -p "$libs"
  cat > "$libs/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>tsfalco</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
  </dependencies>
</project>
POM
  mvn -q -B -f "$libs/pom.xml" dependency:copy-dependencies -DoutputDirectory="$libs"
  touch "$libs/.complete"
}

run() {
  folder=$1 port=$2 controller=$3 secure=${4:-} pem=${5:-}
  mkdir -p "$folder"
  listeners=PLAINTEXT://127.0.0.1:$port
  cat > "$folder/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=$listeners${secure:+,SASL_SSL://127.0.0.1:$secure},CONTROLLER://127.0.0.1:$controller
advertised.listeners=$listeners${secure:+,SASL_SSL://127.0.0.1:$secure}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
log.dirs=$folder/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
PROPERTIES
  if [ -n "$secure" ]; then
    cat >> "$folder/server.properties" <<PROPERTIES
ssl.keystore.type=PEM
ssl.keystore.location=$pem
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
PROPERTIES
  fi
  small=(-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$libs/*")
  java "${small[@]}" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAA -c "$folder/server.properties" \
    --add-scram 'SCRAM-SHA-256=[name=alice,password=secret]' > "$folder/format.log" 2>&1
  exec java "${small[@]}" kafka.Kafka "$folder/server.properties" > "$folder/broker.log" 2>&1
}

case ${1:-} in
  fetch) fetch ;;
  run) shift; run "$@" ;;
  *) sed -n '2,6s/^# //p' "$0"; exit 2 ;;
esac
