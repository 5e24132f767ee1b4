"""Consumer groups: both protocols, members that come, go and die, offsets that are committed and gone on from."""

import member
import session
from checks import check, equal, fails, holds
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, ConsumerGroupType, TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from member import CLASSIC, NEXT, Member, await_read, await_shares, poll_until
from session import admin

BOUND_SECONDS = 20
PROTOCOLS = {"classic": CLASSIC, "consumer": NEXT}


def run():
    for assignor in ["range", "roundrobin", "cooperative-sticky"]:
        settings = {**CLASSIC, "partition.assignment.strategy": assignor}
        check(f"classic, {assignor}: members share, and every record is read once", lambda settings=settings: shares(settings))
    for assignor in ["uniform", "range"]:
        settings = {**NEXT, "group.remote.assignor": assignor}
        check(f"consumer, {assignor}: members share, and every record is read once", lambda settings=settings: shares(settings))
    for name, settings in PROTOCOLS.items():
        for sentence, body in [
            ("a pattern finds topics", pattern),
            ("a static member comes back to what it had", static_restart),
            ("a member that is killed is replaced", killed),
            ("commits with metadata, and a new member goes on there", commits),
            ("commits by itself when it leaves", commits_by_itself),
            ("where nothing is committed, auto.offset.reset decides", resets),
        ]:
            check(f"{name}: {sentence}", lambda body=body, settings=settings: body(settings))
    check("lists and describes groups", lists_and_describes)
    check("lists and alters offsets", offsets)
    check("deletes groups, but not with members", deletes)


def fill(topic, partitions, each):
    for partition in range(partitions):
        session.fill(topic, each, partition)


def shares(settings):
    topic = session.new_topic(6)
    with Member(topic, [topic], settings) as first:
        await_shares(topic, 6, first)
        with Member(topic, [topic], settings) as second:
            await_shares(topic, 6, first, second)
            third = Member(topic, [topic], settings)
            await_shares(topic, 6, first, second, third)
            fill(topic, 6, 3)
            read = await_read(18, first, second, third)
            equal("each once", len(set(read)), len(read))
            for each in (first, second, third):
                each.consumer.commit(asynchronous=False)
            third.close()
            await_shares(topic, 6, first, second)
            before = len(first.read) + len(second.read)
            fill(topic, 6, 1)
            read = await_read(before + 6, first, second)
            equal("each once", len(set(read)), len(read))


def pattern(settings):
    prefix = session.name(f"pattern-{settings['group.protocol']}")
    both = {(f"{prefix}-1", 0), (f"{prefix}-2", 0)}
    session.create_topic(f"{prefix}-1")
    # Kafka resolves an expression again after ten seconds at the earliest: a topic made later is for the protocol in which clients do
    if settings is NEXT:
        session.create_topic(f"{prefix}-2")
    with Member(prefix, [f"^{prefix}-.*"], settings) as one:
        poll_until("the first topic", lambda: (f"{prefix}-1", 0) in one.assigned, one)
        if settings is CLASSIC:
            session.create_topic(f"{prefix}-2")
        poll_until("the second topic", lambda: one.assigned == both, one)


def static_restart(settings):
    topic = session.new_topic(6)
    with Member(topic, [topic], {**settings, "group.instance.id": "other"}) as other:
        first = Member(topic, [topic], {**settings, "group.instance.id": "one"})
        await_shares(topic, 6, first, other)
        had = set(first.assigned)
        first.close()
        with Member(topic, [topic], {**settings, "group.instance.id": "one"}) as again:
            await_shares(topic, 6, again, other)
            equal("has what it had", again.assigned, had)


def killed(settings):
    topic = session.new_topic(4)
    if settings is CLASSIC:
        settings = {**settings, "session.timeout.ms": 1500}
    else:
        set_group_config(topic, "consumer.session.timeout.ms", "1500")
    with Member(topic, [topic], settings) as one:
        await_shares(topic, 4, one)
        child = member.start_elsewhere(topic, topic, settings)
        try:
            poll_until("the other has its share", lambda: len(one.assigned) == 2, one)
            equal("the other", child.stdout.readline().strip(), "assigned")
        finally:
            child.kill()
            child.wait(10)
        await_shares(topic, 4, one)
        fill(topic, 4, 1)
        await_read(4, one)


def set_group_config(group, name, value):
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.GROUP, group, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(BOUND_SECONDS)


def commits(settings):
    topic = session.new_topic()
    session.fill(topic, 10)
    with Member(topic, [topic], settings) as one:
        await_read(10, one)
        at = TopicPartition(topic, 0, 4, metadata="where we are", leader_epoch=0)
        one.consumer.commit(offsets=[at], asynchronous=False)
        [found] = one.consumer.committed([TopicPartition(topic, 0)], timeout=BOUND_SECONDS)
        equal("committed", (found.offset, found.metadata, found.leader_epoch), (4, "where we are", 0))
    with Member(topic, [topic], settings) as one:
        equal("from 4", await_read(6, one), [(0, offset) for offset in range(4, 10)])


def commits_by_itself(settings):
    topic = session.new_topic()
    session.fill(topic, 10)
    automatic = {**settings, "enable.auto.commit": True, "auto.commit.interval.ms": 60_000}
    with Member(topic, [topic], automatic) as one:
        await_read(10, one)
    session.fill(topic, 5)
    with Member(topic, [topic], automatic) as one:
        equal("from 10", await_read(5, one), [(0, offset) for offset in range(10, 15)])


def resets(settings):
    topic = session.new_topic()
    session.fill(topic, 5)
    with Member(f"{topic}-latest", [topic], {**settings, "auto.offset.reset": "latest"}) as one:
        await_shares(topic, 1, one)
        here = lambda: one.consumer.position([TopicPartition(topic, 0)])[0].offset  # noqa: E731
        poll_until("a position", lambda: one.assigned and one.consumer.assignment(), one)
        # nothing says when the end was looked up: records are sent until one is read
        poll_until("a record sent later", lambda: session.fill(topic, 1) and one.read, one)
        holds("none of the earlier", one.read[0][1] >= 5 and here() >= 6)
    with Member(f"{topic}-error", [topic], {**settings, "auto.offset.reset": "error"}) as one:
        fails("_AUTO_OFFSET_RESET", lambda: await_read(1, one))


def described(group):
    return admin.describe_consumer_groups([group])[group].result(BOUND_SECONDS)


def lists_and_describes():
    topic = session.new_topic(2)
    for name, settings in PROTOCOLS.items():
        group = f"{topic}-{name}"
        kind = ConsumerGroupType[name.upper()]
        with Member(group, [topic], {**settings, "group.instance.id": "fixed", "client.id": "described"}) as one:
            await_shares(topic, 2, one)
            poll_until("stable", lambda: described(group).state == ConsumerGroupState.STABLE, one)
            found = described(group)
            [only] = found.members
            equal("type", found.type, kind)
            equal("member", (only.client_id, only.group_instance_id, only.host), ("described", "fixed", "/127.0.0.1"))
            equal("assigned", {(each.topic, each.partition) for each in only.assignment.topic_partitions}, one.assigned)
            listed = admin.list_consumer_groups(states={ConsumerGroupState.STABLE}, types={kind}).result(BOUND_SECONDS)
            holds("it is listed", group in [each.group_id for each in listed.valid])
            empty = admin.list_consumer_groups(states={ConsumerGroupState.EMPTY}).result(BOUND_SECONDS)
            holds("it is not listed as empty", group not in [each.group_id for each in empty.valid])


def offsets():
    topic = session.new_topic(2)
    wanted = [TopicPartition(topic, 0, 5), TopicPartition(topic, 1, 6)]
    request = ConsumerGroupTopicPartitions(topic, wanted)
    admin.alter_consumer_group_offsets([request])[topic].result(BOUND_SECONDS)
    found = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(topic)])[topic].result(BOUND_SECONDS)
    equal("offsets", sorted((each.partition, each.offset) for each in found.topic_partitions), [(0, 5), (1, 6)])


def deletes():
    topic = session.new_topic()
    for name, settings in PROTOCOLS.items():
        group = f"{topic}-{name}"
        delete = lambda group=group: admin.delete_consumer_groups([group])[group].result(BOUND_SECONDS)  # noqa: E731
        with Member(group, [topic], settings) as one:
            await_shares(topic, 1, one)
            fails("NON_EMPTY_GROUP", delete)
        delete()
        fails("GROUP_ID_NOT_FOUND", delete)
