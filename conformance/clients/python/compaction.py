"""Compacted topics against a model: whoever reads from the beginning ends up with the latest value of each key, at its offset."""

import random
import time

from confluent_kafka import OFFSET_BEGINNING, TopicPartition

import session
from checks import check, equal, holds

_KEYS = 200
_SETTINGS = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.01",
    "segment.ms": "100",
    "delete.retention.ms": "100",
}
_WAIT_SECONDS = 50


def run():
    check("a compacted topic holds what a model holds, and forgets what was deleted", _against_model)


class _Model:
    """What was written last, by key: its offset and its value, None when deleted."""

    def __init__(self, topic):
        self.topic, self.latest, self.end = topic, {}, 0

    def write(self, pairs):
        records = [(self.topic, 0, {"key": key, "value": value}) for key, value in pairs]
        for message in session.send(records, {"enable.idempotence": True}):
            self.latest[message.key()] = (message.offset(), message.value())
            self.end = message.offset() + 1

    def live(self):
        return {key: found for key, found in self.latest.items() if found[1] is not None}


def _read(topic):
    """All records of partition 0. Offsets may have holes, so the end is known by its offset."""
    client = session.consumer({"enable.partition.eof": True})
    client.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    records, deadline = [], time.monotonic() + session.READ_SECONDS
    while time.monotonic() < deadline:
        for message in client.consume(1000, timeout=0.5):
            if message.error():
                client.close()
                return records
            records.append((message.offset(), message.key(), message.value()))
    client.close()
    raise AssertionError(f"read {len(records)} records, and not the end")


def _against_model():
    topic = session.new_topic(1, _SETTINGS)
    model, choose = _Model(topic), random.Random(3)
    key = lambda: f"key-{choose.randrange(_KEYS)}".encode()
    for _ in range(6):
        model.write([(key(), None if choose.random() < 0.2 else f"{choose.random()}".encode()) for _ in range(500)])
        _holds_model(model, _read(topic))
    written, deadline = model.end, time.monotonic() + _WAIT_SECONDS
    while True:
        # what is newest is compacted only once something newer has rolled the segment, so something keeps coming
        time.sleep(0.3)
        model.write([(f"tick-{choose.randrange(3)}".encode(), b"tick")])
        records = _read(topic)
        _holds_model(model, records)
        old = [found for found in records if found[0] < written]
        survivors = {name: found for name, found in model.live().items() if found[0] < written}
        if len(old) == len(survivors):
            break
        holds(f"compacted within {_WAIT_SECONDS} s: {len(old)} old records are left, {len(survivors)} live", time.monotonic() < deadline)
    equal("what is left", {name: (offset, value) for offset, name, value in old}, survivors)


def _holds_model(model, records):
    """At any moment: offsets grow, the last value of each key is the model's, and a deleted key has no value."""
    offsets = [offset for offset, _, _ in records]
    equal("offsets grow", offsets, sorted(set(offsets)))
    state = {}
    for offset, name, value in records:
        state[name] = (offset, value)
    for name, found in model.live().items():
        equal(f"{name}", state.get(name), found)
    for name, (_, value) in state.items():
        holds(f"{name} was deleted", value is None or name in model.live())
