"""Real members of a group: librdkafka consumers in one process, each with a thread of its own, that do as they are told on stdin.

  join            all subscribe                    stop            all leave, and the program ends
  leave I         member I leaves                  produce RATE    records of one timestamp, over all partitions in turn
  mark NS         who takes a record sent after NS, and has its commit acknowledged, makes progress: said once per member and mark
  count           says what was acknowledged, delivered, delivered again, delivered again although committed
  drain           stops producing, and says the same when every acknowledged record was delivered, or after a time

On stdout, a line of JSON for each partition taken ("took") and given back ("gave"), with monotonic times in ns.
"""
import argparse
import json
import resource
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

COMMIT_EVERY_NS = 250_000_000
POLL_SECONDS = 0.25
DRAIN_SECONDS = 60
output = threading.Lock()


def say(**line):
    with output:
        print(json.dumps(line), flush=True)


def fail(message):
    print(f"members: {message}", file=sys.stderr, flush=True)
    sys.exit(1)


class Ledger:
    """What was produced, delivered and committed, over all members. Guarded by one lock; a commit counts when it is acknowledged."""

    def __init__(self, partitions):
        self.lock = threading.Lock()
        self.acknowledged = [set() for _ in range(partitions)]
        self.delivered = [set() for _ in range(partitions)]
        self.committed = [0] * partitions
        self.again = 0
        self.again_although_committed = 0
        self.mark_ns = None

    def deliver(self, partition, offset):
        with self.lock:
            if offset < self.committed[partition]:
                self.again_although_committed += 1
            elif offset in self.delivered[partition]:
                self.again += 1
            self.delivered[partition].add(offset)

    def commit(self, offsets):
        with self.lock:
            for at in offsets:
                self.committed[at.partition] = max(self.committed[at.partition], at.offset)

    def count(self):
        with self.lock:
            missing = sum(len(acked - seen) for acked, seen in zip(self.acknowledged, self.delivered))
            return {
                "acknowledged": sum(map(len, self.acknowledged)),
                "delivered": sum(map(len, self.delivered)),
                "missing": missing,
                "again": self.again,
                "againAlthoughCommitted": self.again_although_committed,
            }


class Member(threading.Thread):
    """One consumer, used by its own thread alone: librdkafka serves assignments and commits inside poll."""

    def __init__(self, index, options, ledger):
        super().__init__(daemon=True)
        self.index, self.topic, self.ledger = index, options.topic, ledger
        self.subscribed, self.leaving = threading.Event(), threading.Event()
        self.next_offsets = {}
        self.newest_sent_ns = 0
        self.committing_sent_ns = 0
        self.committing = False
        self.committed_ns = 0
        self.reported_mark = None
        self.first_new_ns = None
        self.consumer = Consumer({**settings(options), "on_commit": self.on_commit})
        self.consumer.list_topics(options.topic, timeout=30)

    def run(self):
        self.subscribed.wait()
        self.consumer.subscribe([self.topic], on_assign=self.took, on_revoke=self.gave, on_lost=self.gave)
        while not self.leaving.is_set():
            message = self.consumer.poll(POLL_SECONDS)
            if message is not None:
                self.receive(message)
            self.commit_if_due()
        self.consumer.close()

    def took(self, _consumer, partitions):
        say(member=self.index, took=[p.partition for p in partitions], atNs=time.monotonic_ns())

    def gave(self, _consumer, partitions):
        for p in partitions:
            self.next_offsets.pop(p.partition, None)
        say(member=self.index, gave=[p.partition for p in partitions], atNs=time.monotonic_ns())

    def receive(self, message):
        error = message.error()
        if error is not None:
            if error.fatal() or error.code() == KafkaError._AUTHENTICATION:
                fail(f"member {self.index}: {error}")
            return
        sent_ns, mark_ns = int(message.value()), self.ledger.mark_ns
        self.ledger.deliver(message.partition(), message.offset())
        self.next_offsets[message.partition()] = message.offset() + 1
        self.newest_sent_ns = max(self.newest_sent_ns, sent_ns)
        if mark_ns is not None and sent_ns > mark_ns and self.first_new_ns is None:
            self.first_new_ns = time.monotonic_ns()

    def commit_if_due(self):
        if self.committing or not self.next_offsets or time.monotonic_ns() - self.committed_ns < COMMIT_EVERY_NS:
            return
        offsets = [TopicPartition(self.topic, partition, offset) for partition, offset in self.next_offsets.items()]
        self.next_offsets = {}
        self.committing, self.committing_sent_ns = True, self.newest_sent_ns
        self.consumer.commit(offsets=offsets, asynchronous=True)

    def on_commit(self, error, offsets):
        self.committing, self.committed_ns = False, time.monotonic_ns()
        if error is not None or any(at.error is not None for at in offsets):
            return
        self.ledger.commit(offsets)
        mark_ns = self.ledger.mark_ns
        if mark_ns is not None and self.reported_mark != mark_ns and self.first_new_ns is not None and self.committing_sent_ns > mark_ns:
            self.reported_mark = mark_ns
            say(progress=self.index, mark=mark_ns, deliveredNs=self.first_new_ns, committedNs=self.committed_ns)

    def forget_progress(self):
        self.first_new_ns = None


class Source(threading.Thread):
    """A producer of one record after another, each to the next partition, each with the time it was sent at as its value."""

    def __init__(self, options, ledger, rate):
        super().__init__(daemon=True)
        self.topic, self.partitions, self.ledger, self.rate = options.topic, options.partitions, ledger, rate
        self.stopping = threading.Event()
        self.producer = Producer({**client_settings(options), "acks": "all", "message.timeout.ms": 0, "linger.ms": 5})

    def on_delivery(self, error, message):
        if error is not None:
            fail(f"a record was not taken: {error}")
        with self.ledger.lock:
            self.ledger.acknowledged[message.partition()].add(message.offset())

    def run(self):
        begun, sent = time.monotonic(), 0
        while not self.stopping.is_set():
            due = int((time.monotonic() - begun) * self.rate)
            while sent < due:
                self.producer.produce(self.topic, str(time.monotonic_ns()), partition=sent % self.partitions, on_delivery=self.on_delivery)
                sent += 1
            self.producer.poll(0.01)
        self.producer.flush(DRAIN_SECONDS)


def client_settings(options):
    # The client's own patience is not what is measured: a broker that is back is found within a fifth of a second.
    return {"bootstrap.servers": options.broker, "reconnect.backoff.ms": 100, "reconnect.backoff.max.ms": 200, "log_level": 2}


def settings(options):
    classic = {"session.timeout.ms": options.session_timeout_ms} if options.protocol == "classic" else {}
    return {
        **client_settings(options),
        **classic,
        "group.id": options.group,
        "group.protocol": options.protocol,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        **dict(pair.split("=", 1) for pair in options.set),
    }


def read_options():
    parser = argparse.ArgumentParser()
    for name in ("broker", "topic", "group", "protocol"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("partitions", "members", "session-timeout-ms"):
        parser.add_argument(f"--{name}", required=True, type=int)
    parser.add_argument("--set", action="append", default=[])
    return parser.parse_args()


def drain(source, ledger):
    source.stopping.set()
    source.join()
    deadline = time.monotonic() + DRAIN_SECONDS
    while ledger.count()["missing"] > 0 and time.monotonic() < deadline:
        time.sleep(0.1)


def leave(members):
    for member in members:
        member.leaving.set()
    for member in members:
        member.join()


def main():
    options = read_options()
    ledger, source = Ledger(options.partitions), None
    members = [Member(index, options, ledger) for index in range(options.members)]
    for member in members:
        member.start()
    say(ready=True)
    for line in sys.stdin:
        order, *rest = line.split()
        if order == "join":
            for member in members:
                member.subscribed.set()
        elif order == "leave":
            members[int(rest[0])].leaving.set()
        elif order == "produce":
            source = Source(options, ledger, float(rest[0]))
            source.start()
        elif order == "mark":
            for member in members:
                member.forget_progress()
            ledger.mark_ns = int(rest[0])
        elif order == "count":
            say(counted=ledger.count())
        elif order == "drain":
            drain(source, ledger)
            say(drained=ledger.count())
        elif order == "stop":
            leave([member for member in members if member.subscribed.is_set()])
            break
    used = resource.getrusage(resource.RUSAGE_SELF)
    say(clientCpuSeconds=used.ru_utime + used.ru_stime)


main()
