"""Clients of the broker under test, and topics that no other check uses."""

import itertools
import os
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

BROKER = os.environ["CONFORMANCE_BROKER"]
_PREFIX = os.environ["CONFORMANCE_TOPIC_PREFIX"]
_counter = itertools.count()
_CONNECTION = {"bootstrap.servers": BROKER, "socket.timeout.ms": 20_000}
READ_SECONDS = 20

admin = AdminClient(_CONNECTION)


def name(purpose):
    return f"{_PREFIX}-{purpose}"


def create_topic(topic, partitions=1, configs=None):
    # old explicit timestamps must not fall to retention while they are being read
    settings = {"retention.ms": "-1", **(configs or {})}
    admin.create_topics([NewTopic(topic, partitions, 1, config=settings)])[topic].result(20)
    await_ready(topic, partitions)


def await_ready(topic, partitions):
    """
    A broker may learn of a partition after the controller's answer. What is sent before that is refused and sent again, and where
    several batches are on their way, the second may arrive first.
    """
    deadline = time.monotonic() + READ_SECONDS
    wanted = {TopicPartition(topic, index): OffsetSpec.latest() for index in range(partitions)}
    last = None
    while True:
        try:
            # asked by name, since the client believes for long that a topic is unknown
            if len(admin.list_topics(topic, timeout=READ_SECONDS).topics[topic].partitions) == partitions:
                for future in admin.list_offsets(wanted).values():
                    future.result(READ_SECONDS)
                return
        except KafkaException as failure:
            last = failure
        if time.monotonic() > deadline:
            raise AssertionError(f"{topic} was created, but its partitions never answered: {last}")
        time.sleep(0.02)


def new_topic(partitions=1, configs=None):
    topic = name(f"t{next(_counter)}")
    create_topic(topic, partitions, configs)
    return topic


def producer(settings=None):
    return Producer({**_CONNECTION, "message.max.bytes": 4_000_000, "message.timeout.ms": 20_000, **(settings or {})})


def consumer(settings=None):
    # librdkafka wants a group's name even where nothing joins or commits
    base = {"group.id": "unused", "enable.auto.commit": False, "enable.auto.offset.store": False}
    return Consumer({**_CONNECTION, **base, "auto.offset.reset": "error", "enable.partition.eof": False, **(settings or {})})


def send(records, settings=None):
    """Produces [(topic, partition, fields)] and waits; returns the delivered messages in order, raises the first error."""
    client = producer(settings)
    delivered = []
    for topic, partition, fields in records:
        client.produce(topic, partition=partition, on_delivery=lambda error, message: delivered.append((error, message)), **fields)
        client.poll(0)
    client.flush(30)
    if len(delivered) != len(records):
        raise AssertionError(f"{len(delivered)} of {len(records)} records answered in 30 s")
    for error, _ in delivered:
        if error is not None:
            raise KafkaException(error)
    return [message for _, message in delivered]


def fill(topic, count, partition=0):
    """Values "0", "1", "2"… with timestamps a second apart, starting at a second after the epoch."""
    return send([(topic, partition, {"value": str(index).encode(), "timestamp": (index + 1) * 1000}) for index in range(count)])


def read(topic, partitions=1, settings=None):
    """From the beginning to the end offsets as they are now."""
    client = consumer(settings)
    try:
        missing = 0
        for index in range(partitions):
            low, high = client.get_watermark_offsets(TopicPartition(topic, index), timeout=20)
            missing += high - low
        client.assign([TopicPartition(topic, index, OFFSET_BEGINNING) for index in range(partitions)])
        return take(client, missing)
    finally:
        client.close()


def take(client, count):
    """The next count messages of a consumer; raises the first error."""
    messages = []
    deadline = time.monotonic() + READ_SECONDS
    while len(messages) < count:
        if time.monotonic() > deadline:
            raise AssertionError(f"read {len(messages)} of {count} records, and no more came")
        for message in client.consume(min(count - len(messages), 1000), timeout=0.5):
            if message.error():
                raise KafkaException(message.error())
            messages.append(message)
    return messages
