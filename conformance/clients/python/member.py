"""A consumer in a group: polled until a condition holds, ended in every way a consumer can end."""

import os
import subprocess
import sys
import time

import session
from confluent_kafka import KafkaException

SETTLE_SECONDS = 30
CLASSIC = {"group.protocol": "classic", "session.timeout.ms": 6000, "heartbeat.interval.ms": 100}
NEXT = {"group.protocol": "consumer"}


class Member:
    """A consumer that knows what it was assigned and what it read, as (partition, offset)."""

    def __init__(self, group, topics, settings):
        self.assigned = set()
        self.read = []
        base = {"group.id": group, "auto.offset.reset": "earliest", "enable.auto.offset.store": True, "topic.metadata.refresh.interval.ms": 300}
        self.consumer = session.consumer({**base, **settings})
        self.consumer.subscribe(topics, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke)

    def _on_assign(self, _consumer, partitions):
        self.assigned |= {(each.topic, each.partition) for each in partitions}

    def _on_revoke(self, _consumer, partitions):
        self.assigned -= {(each.topic, each.partition) for each in partitions}

    def poll(self):
        message = self.consumer.poll(0.02)
        while message is not None:
            if message.error():
                raise KafkaException(message.error())
            self.read.append((message.partition(), message.offset()))
            message = self.consumer.poll(0)

    def close(self):
        self.consumer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.close()


def poll_until(what, condition, *members):
    """Polls all members in turn until the condition holds."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            state = [(sorted(each.assigned), len(each.read)) for each in members]
            raise AssertionError(f"{what}: not within {SETTLE_SECONDS} s: {state!r:.300}")
        for member in members:
            member.poll()
        if not members:
            time.sleep(0.05)


def await_shares(topic, partitions, *members):
    """The members have all partitions between them, each its share and none twice."""
    wanted = {(topic, index) for index in range(partitions)}

    def shared():
        sizes = [len(each.assigned) for each in members]
        together = set().union(*(each.assigned for each in members))
        return together == wanted and sum(sizes) == partitions and max(sizes) - min(sizes) <= 1

    poll_until(f"shares of {partitions} partitions", shared, *members)


def await_read(count, *members):
    poll_until(f"reading {count} records", lambda: sum(len(each.read) for each in members) >= count, *members)
    return [record for each in members for record in each.read]


def start_elsewhere(group, topic, settings):
    """A member in a process of its own, which says when it has partitions: for being killed."""
    words = [f"{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-B", "-u", __file__, group, topic, *words]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    return child


def _run_elsewhere():
    group, topic, *words = sys.argv[1:]
    member = Member(group, [topic], dict(word.split("=", 1) for word in words))
    deadline = time.monotonic() + 2 * SETTLE_SECONDS
    said = False
    while time.monotonic() < deadline:
        member.poll()
        if member.assigned and not said:
            print("assigned", flush=True)
            said = True


if __name__ == "__main__":
    _run_elsewhere()
