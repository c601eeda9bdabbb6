#!/usr/bin/env python3
"""AWS's own client, for setting up the emulator and for reading back what arrived there.

usage: aws_client.py ENDPOINT KEY SECRET COMMAND [ARGUMENT]     prints JSON
"""
import base64
import json
import sys

import boto3

REGION = "eu-west-1"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


class Account:
    def __init__(self, endpoint, key, secret):
        self.endpoint, self.key, self.secret = endpoint, key, secret

    def client(self, service):
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION,
                            aws_access_key_id=self.key, aws_secret_access_key=self.secret)

    def make_user(self, _):
        """Three calls that the emulator takes unsigned; from then on it checks signatures."""
        iam = self.client("iam")
        iam.create_user(UserName="outpost")
        pair = iam.create_access_key(UserName="outpost")["AccessKey"]
        iam.put_user_policy(UserName="outpost", PolicyName="all", PolicyDocument=POLICY)
        return {"key": pair["AccessKeyId"], "secret": pair["SecretAccessKey"]}

    def make_queue(self, name):
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        return self.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def make_stream(self, name):
        kinesis = self.client("kinesis")
        kinesis.create_stream(StreamName=name, ShardCount=2)
        kinesis.get_waiter("stream_exists").wait(StreamName=name)

    def make_bucket(self, name):
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def make_bus(self, name):
        """A bus with a rule that puts everything from outpost into a queue. @return the queue's URL"""
        sqs, events = self.client("sqs"), self.client("events")
        queue = sqs.create_queue(QueueName=f"{name}-target")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name=name)
        events.put_rule(Name="all", EventBusName=name, EventPattern='{"source":["outpost"]}')
        events.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
        return queue

    def read_queue(self, url):
        answer = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"],
                                                    AttributeNames=["All"])
        return [{"body": one["Body"], "attributes": one.get("MessageAttributes", {}), "system": one["Attributes"]}
                for one in answer.get("Messages", [])]

    def read_stream(self, name):
        kinesis, records = self.client("kinesis"), []
        for shard in kinesis.list_shards(StreamName=name)["Shards"]:
            start = kinesis.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
            for record in kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]:
                records.append({"data": base64.b64encode(record["Data"]).decode(), "key": record["PartitionKey"],
                                "number": record["SequenceNumber"], "shard": shard["ShardId"]})
        return records

    def read_bucket(self, name):
        s3, objects = self.client("s3"), []
        for one in s3.list_objects_v2(Bucket=name).get("Contents", []):
            answer = s3.get_object(Bucket=name, Key=one["Key"], ChecksumMode="ENABLED")
            objects.append({"key": one["Key"], "body": base64.b64encode(answer["Body"].read()).decode(),
                            "type": answer["ContentType"], "metadata": answer["Metadata"],
                            "class": one.get("StorageClass"), "sha256": answer.get("ChecksumSHA256")})
        return objects


if __name__ == "__main__":
    endpoint, key, secret, command, *rest = sys.argv[1:]
    print(json.dumps(getattr(Account(endpoint, key, secret), command)(rest[0] if rest else None)))
