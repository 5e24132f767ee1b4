"""Transactions: all or nothing for readers of what is committed, one producer of a name at a time, offsets that go with the records."""

import time

from confluent_kafka import KafkaException, TopicPartition

import session
from checks import check, equal, fails

_PARTITIONS = 3
_WAIT = 20


def run():
    check("commits and aborts transactions over several partitions", _committed_and_aborted)
    check("fences a transactional producer by the next of its name", _fenced)
    check("commits offsets with a transaction, and not with one that is aborted", _offsets)


def _transactional(purpose):
    client = session.producer({"transactional.id": session.name(purpose)})
    client.init_transactions(_WAIT)
    return client


def _committed(topic, partitions, awaited):
    """The committed values; markers are written after the answer to the commit, so it is asked again until there are as many as awaited."""
    deadline = time.monotonic() + _WAIT
    while True:
        client = session.consumer({"isolation.level": "read_committed", "enable.partition.eof": True})
        client.assign([TopicPartition(topic, index, 0) for index in range(partitions)])
        values, ended = [], set()
        while len(ended) < partitions and time.monotonic() < deadline:
            for message in client.consume(1000, timeout=0.5):
                if message.error():
                    ended.add(message.partition())
                else:
                    values.append(message.value().decode())
        client.close()
        if len(values) == awaited or time.monotonic() > deadline:
            return values


def _committed_and_aborted():
    topic = session.new_topic(_PARTITIONS)
    client = _transactional("several")
    expected = []
    for i in range(30):
        client.begin_transaction()
        for j in range(10):
            client.produce(topic, f"{i}/{j}".encode(), partition=j % _PARTITIONS)
        client.flush(_WAIT)
        if i % 3 == 1:
            client.abort_transaction(_WAIT)
        else:
            client.commit_transaction(_WAIT)
            expected += [f"{i}/{j}" for j in range(10)]
    equal("committed", sorted(_committed(topic, _PARTITIONS, len(expected))), sorted(expected))


def _fenced():
    topic = session.new_topic()
    zombie = _transactional("fenced")
    zombie.begin_transaction()
    zombie.produce(topic, b"of the zombie", partition=0)
    zombie.flush(_WAIT)
    heir = _transactional("fenced")
    fails("_FENCED", lambda: zombie.commit_transaction(_WAIT))
    heir.begin_transaction()
    heir.produce(topic, b"of the heir", partition=0)
    heir.commit_transaction(_WAIT)
    equal("committed", _committed(topic, 1, 1), ["of the heir"])


def _offsets():
    topic = session.new_topic()
    client = _transactional("offsets")
    reader = session.consumer({"group.id": session.name("of-transactions")})
    partition = TopicPartition(topic, 0)

    def commit(offset, end):
        client.begin_transaction()
        client.produce(topic, b"a", partition=0)
        client.send_offsets_to_transaction([TopicPartition(topic, 0, offset)], reader.consumer_group_metadata(), _WAIT)
        end(_WAIT)

    def is_committed(offset):
        deadline = time.monotonic() + _WAIT
        while True:
            try:
                return equal("committed", reader.committed([partition], _WAIT)[0].offset, offset)
            except (KafkaException, AssertionError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    commit(7, client.commit_transaction)
    is_committed(7)
    commit(9, client.abort_transaction)
    is_committed(7)
    reader.close()
