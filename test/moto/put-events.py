"""Writes the log events given on standard input (JSON lines: stream, timestamp, message) with boto3."""

import json
import os
import sys

import boto3

group = sys.argv[1]
client = boto3.client(
    "logs",
    region_name="us-east-1",
    endpoint_url=os.environ["AWS_ENDPOINT_URL"],
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
groups = client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
if not any(known["logGroupName"] == group for known in groups):
    client.create_log_group(logGroupName=group)
streams = {stream["logStreamName"] for stream in client.describe_log_streams(logGroupName=group)["logStreams"]}
for line in sys.stdin:
    event = json.loads(line)
    if event["stream"] not in streams:
        streams.add(event["stream"])
        client.create_log_stream(logGroupName=group, logStreamName=event["stream"])
    client.put_log_events(
        logGroupName=group,
        logStreamName=event["stream"],
        logEvents=[{"timestamp": event["timestamp"], "message": event["message"]}],
    )
