"""Has moto write the log events on standard input (one a line) in each form in which AWS hands out a log group.

    AWS_ENDPOINT_URL=http://127.0.0.1:5000 python3 test/moto/write-forms.py FOLDER < events.jsonl

The answers of calls are written as the AWS command line prints them: the same fields, four blanks, bytes in base64.
"""

import base64
import json
import os
import pathlib
import sys
import time

import boto3

GROUP = "/aws/eks/my-cluster/cluster"
STREAM = "kube-apiserver-audit-0123456789abcdef0123456789abcdef"
BUCKET = "exported-logs"
ROLE = "arn:aws:iam::123456789012:role/logs"

folder = pathlib.Path(sys.argv[1])
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
logs, s3, kinesis, firehose = (
    session.client(name, endpoint_url=os.environ["AWS_ENDPOINT_URL"]) for name in ("logs", "s3", "kinesis", "firehose")
)


def spelled(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def keep(name, answer):
    answer.pop("ResponseMetadata", None)
    (folder / name).write_text(json.dumps(answer, indent=4, default=spelled) + "\n")


def keep_objects(prefix, under):
    """Files of the bucket, by their own names, below a folder."""
    for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]:
        path = folder / under / found["Key"].removeprefix(prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read())


s3.create_bucket(Bucket=BUCKET)
logs.create_log_group(logGroupName=GROUP)
logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
kinesis.create_stream(StreamName="audit", ShardCount=1)
stream_arn = kinesis.describe_stream(StreamName="audit")["StreamDescription"]["StreamARN"]
firehose_arn = firehose.create_delivery_stream(
    DeliveryStreamName="audit",
    S3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{BUCKET}", "Prefix": "firehose/"},
)["DeliveryStreamARN"]
for name, arn in (("kinesis", stream_arn), ("firehose", firehose_arn)):
    logs.put_subscription_filter(
        logGroupName=GROUP, filterName=name, filterPattern="", destinationArn=arn, roleArn=ROLE
    )

now = int(time.time() * 1000)
events = [{"timestamp": now + n, "message": line.rstrip("\n")} for n, line in enumerate(sys.stdin)]
# Two calls: subscriptions get an envelope a call.
for part in (events[:2], events[2:]):
    logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=part)

keep("filter-log-events.json", logs.filter_log_events(logGroupName=GROUP))
keep("get-log-events.json", logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True))

query = logs.start_query(
    logGroupName=GROUP, startTime=now // 1000 - 60, endTime=now // 1000 + 60, queryString="fields @timestamp, @message"
)["queryId"]
keep("get-query-results.json", logs.get_query_results(queryId=query))

shard = kinesis.get_shard_iterator(
    StreamName="audit", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
)["ShardIterator"]
keep("kinesis-get-records.json", kinesis.get_records(ShardIterator=shard))

logs.create_export_task(
    logGroupName=GROUP, fromTime=now - 60_000, to=now + 60_000, destination=BUCKET, destinationPrefix="exported"
)
keep_objects("exported/", "export-task")
keep_objects("firehose/", "firehose")
