"""
A bank: every transfer is a transaction that takes from one partition and gives to another. Told "end" on standard input it stops,
audits the books as a reader of what is committed, and says what it found as a line of JSON.
"""

import json
import random
import sys
import threading
import time
from collections import defaultdict

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

BROKER, SEED, TELLERS, PARTITIONS = sys.argv[1], int(sys.argv[2]), 4, 6
CONNECTION = {"bootstrap.servers": BROKER, "reconnect.backoff.max.ms": 100, "log_level": 0}
TOPIC = "bank"
# longer than any broker is away here: a call that gives up would say nothing about the transaction
PATIENCE = 60

ended = threading.Event()
# by transfer: "committed", "aborted", or "unknown" when the answer was lost with its producer
outcomes = {}


def hired(teller):
    settings = {"transactional.id": f"teller-{teller}", "transaction.timeout.ms": 10_000, "linger.ms": 0}
    producer = Producer({**CONNECTION, **settings})
    producer.init_transactions(PATIENCE)
    return producer


def until_done(step):
    """Asks again as long as the client says that this is safe."""
    while True:
        try:
            return step(PATIENCE)
        except KafkaException as failure:
            if not failure.args[0].retriable():
                raise


def transfer(producer, name, choose):
    giver, taker = choose.sample(range(PARTITIONS), 2)
    amount = choose.randint(1, 1000)
    producer.begin_transaction()
    for partition, change in ((giver, -amount), (taker, amount)):
        producer.produce(TOPIC, json.dumps({"transfer": name, "change": change}).encode(), partition=partition)
    if choose.random() < 0.2:
        producer.flush(PATIENCE)
        until_done(producer.abort_transaction)
        return "aborted"
    until_done(producer.commit_transaction)
    return "committed"


def work(teller):
    choose = random.Random(SEED * TELLERS + teller)
    producer, number = hired(teller), 0
    while not ended.is_set():
        name, number = f"{teller}/{number}", number + 1
        outcomes[name] = "unknown"
        try:
            outcomes[name] = transfer(producer, name, choose)
        except KafkaException as failure:
            try:
                if not failure.args[0].txn_requires_abort():
                    raise
                until_done(producer.abort_transaction)
                outcomes[name] = "aborted"
            except KafkaException:
                producer = hired(teller)
    # whatever is open is ended by a successor
    hired(teller)


def audit():
    """What readers of committed records see, once nothing is open any more."""
    reader = Consumer({**CONNECTION, "group.id": "audit", "isolation.level": "read_committed", "enable.partition.eof": True})
    reader.assign([TopicPartition(TOPIC, index, 0) for index in range(PARTITIONS)])
    changes, at_end, deadline = defaultdict(list), set(), time.monotonic() + PATIENCE
    while len(at_end) < PARTITIONS:
        if time.monotonic() > deadline:
            raise SystemExit("the books could not be read to their end")
        for message in reader.consume(1000, timeout=0.5):
            if message.error():
                at_end.add(message.partition())
                continue
            entry = json.loads(message.value())
            changes[entry["transfer"]].append(entry["change"])
    reader.close()
    return changes


def complaints(changes):
    for name, seen in changes.items():
        if len(seen) != 2 or sum(seen) != 0:
            yield f"transfer {name} is seen as {seen}"
        if outcomes.get(name) == "aborted":
            yield f"transfer {name} was aborted, and is seen"
    for name, outcome in outcomes.items():
        if outcome == "committed" and name not in changes:
            yield f"transfer {name} was committed, and is not seen"
    total = sum(sum(seen) for seen in changes.values())
    if total != 0:
        yield f"the sum is {total}"


admin = AdminClient(CONNECTION)
admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result(PATIENCE)
threads = [threading.Thread(target=work, args=(teller,), daemon=True) for teller in range(TELLERS)]
for thread in threads:
    thread.start()
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()
ended.set()
for thread in threads:
    thread.join(2 * PATIENCE)
time.sleep(1)
found = audit()
hanging = [f"teller {i} hangs" for i, thread in enumerate(threads) if thread.is_alive()]
counts = {kind: list(outcomes.values()).count(kind) for kind in ("committed", "aborted", "unknown")}
print(json.dumps({**counts, "seen": len(found), "complaints": (hanging + list(complaints(found)))[:20]}), flush=True)
