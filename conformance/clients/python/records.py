"""Producing and consuming: codecs, partitions, positions, times, limits, idempotence."""

import time

import cases
import session
from checks import check, equal, fails, holds, say
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, TopicPartition


def run():
    for codec in cases.CODECS:
        check(f"writes and reads {codec}", lambda codec=codec: writes_and_reads(codec))
    check("spreads records over 100 partitions, each in order", many_partitions)
    for settings in ({"acks": 0}, {"acks": 1}, {"acks": "all"}, {"enable.idempotence": True}):
        description = ", ".join(f"{key}={value}" for key, value in settings.items())
        check(f"produces with {description}, in order", lambda settings=settings: in_order(settings))
    check("stores a record of 1 MB", largest)
    check("refuses a record above max.message.bytes", too_large)
    check("refuses a timestamp more than an hour ahead", from_the_future)
    check("seeks to an offset, the beginning and the end", seeks)
    check("finds offsets for times", times)
    check("knows beginning and end offsets", ends)
    check("reads with isolation.level=read_committed", read_committed)
    check("is told that an offset is out of range", out_of_range)
    check("is told that a topic does not exist", unknown_topic)


def read_others(topics):
    for written in topics:
        expected = [case for case in cases.RECORDS if case.name not in written["without"]]
        check(
            f"reads {written['codec']} written by {written['from']}",
            lambda expected=expected, topic=written["topic"]: cases.compare(expected, session.read(topic)),
        )


def fields(case):
    result = {"key": case.key, "value": case.value, "headers": case.headers}
    if case.timestamp_ms is not None:
        result["timestamp"] = case.timestamp_ms
    return result


def writes_and_reads(codec):
    topic = session.name(codec)
    session.create_topic(topic)
    start_ms = time.time() * 1000
    session.send([(topic, 0, fields(case)) for case in cases.RECORDS], {"compression.type": codec, "linger.ms": 50})
    say(f"wrote {codec} {topic}")
    messages = session.read(topic)
    cases.compare(cases.RECORDS, messages)
    for case, message in zip(cases.RECORDS, messages):
        if case.timestamp_ms is None:
            holds(f"{case.name} has the time it was sent", message.timestamp()[1] >= start_ms - 1000)


def many_partitions():
    topic = session.new_topic(cases.PARTITIONS)
    session.send([
        (topic, partition, {"value": f"{partition}:{index}".encode()})
        for index in range(cases.RECORDS_PER_PARTITION)
        for partition in range(cases.PARTITIONS)
    ])
    found = {partition: [] for partition in range(cases.PARTITIONS)}
    for message in session.read(topic, cases.PARTITIONS):
        found[message.partition()].append(message.value().decode())
    for partition, values in found.items():
        equal(f"partition {partition}", values, [f"{partition}:{index}" for index in range(cases.RECORDS_PER_PARTITION)])


def in_order(settings):
    topic = session.new_topic()
    session.send([(topic, 0, {"value": str(index).encode()}) for index in range(5_000)], settings)
    client = session.consumer()
    try:
        client.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        values = [int(message.value()) for message in session.take(client, 5_000)]
    finally:
        client.close()
    equal("values", values, list(range(5_000)))


def largest():
    topic = session.new_topic()
    session.send([(topic, 0, {"value": cases.LARGEST_VALUE})])
    (message,) = session.read(topic)
    holds("the value is the one sent", message.value() == cases.LARGEST_VALUE)


def too_large():
    topic = session.new_topic()
    fails("MSG_SIZE_TOO_LARGE", lambda: session.send([(topic, 0, {"value": cases.TOO_LARGE_VALUE})]))
    small = session.new_topic(configs={"max.message.bytes": "2000"})
    fails("MSG_SIZE_TOO_LARGE", lambda: session.send([(small, 0, {"value": bytes(3000)})]))
    equal("the next offset", session.send([(small, 0, {"value": b"x"})])[0].offset(), 0)


def from_the_future():
    topic = session.new_topic()
    ahead = int(time.time() * 1000) + 2 * 3_600_000
    fails("INVALID_TIMESTAMP", lambda: session.send([(topic, 0, {"value": b"x", "timestamp": ahead})]))


def seeks():
    topic = session.new_topic()
    session.fill(topic, 30)
    client = session.consumer()
    try:
        client.assign([TopicPartition(topic, 0, 20)])
        equal("from 20", [message.offset() for message in session.take(client, 5)], list(range(20, 25)))
        client.seek(TopicPartition(topic, 0, OFFSET_BEGINNING))
        equal("from the beginning", [message.offset() for message in session.take(client, 5)], list(range(5)))
        client.seek(TopicPartition(topic, 0, OFFSET_END))
        equal("nothing at the end", client.poll(0.5), None)
        session.fill(topic, 2)
        equal("after the end", [message.offset() for message in session.take(client, 2)], [30, 31])
    finally:
        client.close()


def times():
    topic = session.new_topic()
    session.fill(topic, 50)
    client = session.consumer()
    try:
        for time_ms, offset in ((0, 0), (1_000, 0), (10_500, 10), (50_000, 49), (50_001, OFFSET_END)):
            (found,) = client.offsets_for_times([TopicPartition(topic, 0, time_ms)], timeout=20)
            equal(f"offset for {time_ms}", found.offset, offset)
    finally:
        client.close()


def ends():
    topic = session.new_topic(2)
    session.fill(topic, 7)
    client = session.consumer()
    try:
        equal("filled", client.get_watermark_offsets(TopicPartition(topic, 0), timeout=20), (0, 7))
        equal("empty", client.get_watermark_offsets(TopicPartition(topic, 1), timeout=20), (0, 0))
    finally:
        client.close()


def read_committed():
    topic = session.new_topic()
    session.fill(topic, 9)
    equal("records", len(session.read(topic, settings={"isolation.level": "read_committed"})), 9)


def out_of_range():
    topic = session.new_topic()
    session.fill(topic, 3)
    client = session.consumer()
    try:
        client.assign([TopicPartition(topic, 0, 100)])
        fails("_AUTO_OFFSET_RESET", lambda: session.take(client, 1))
    finally:
        client.close()


def unknown_topic():
    topic = session.name("unknown")
    client = session.consumer({"allow.auto.create.topics": False})
    try:
        found = client.list_topics(topic, timeout=20).topics[topic]
        equal("error", found.error.name(), "UNKNOWN_TOPIC_OR_PART")
    finally:
        client.close()
