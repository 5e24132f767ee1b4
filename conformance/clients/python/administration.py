"""The AdminClient: topics, partitions, configs, offsets, records deleted, the cluster."""

import time

import session
from checks import check, equal, fails, holds
from confluent_kafka import IsolationLevel, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)
from session import admin

BOUND_SECONDS = 20


def run():
    check("creates and deletes topics", creates_and_deletes)
    check("refuses topics that are wrong", refuses_topics)
    check("validates a creation without creating", validates)
    check("adds partitions, and refuses to remove them", adds_partitions)
    check("describes topics", describes_topics)
    check("describes the cluster", describes_cluster)
    check("describes configs of a topic and of the broker", describes_configs)
    check("alters configs step by step", alters_configs)
    check("refuses configs that are wrong", refuses_configs)
    check("lists offsets", lists_offsets)
    check("deletes records", deletes_records)
    check("lists topics by metadata", lists_topics)


def described(topic):
    return admin.describe_topics(TopicCollection([topic]))[topic].result(BOUND_SECONDS)


def await_gone(topic):
    """A controller may answer before every broker knows."""
    deadline = time.monotonic() + BOUND_SECONDS
    while topic in admin.list_topics(timeout=BOUND_SECONDS).topics:
        holds(f"{topic} is gone from the metadata in time", time.monotonic() < deadline)
        time.sleep(0.05)


def creates_and_deletes():
    names = [session.name(f"made-{index}") for index in range(3)]
    for future in admin.create_topics([NewTopic(name, 2, 1) for name in names]).values():
        future.result(BOUND_SECONDS)
    for future in admin.delete_topics(names).values():
        future.result(BOUND_SECONDS)
    for name in names:
        await_gone(name)
    fails("UNKNOWN_TOPIC_OR_PART", lambda: admin.delete_topics([names[0]])[names[0]].result(BOUND_SECONDS))


def refuses_topics():
    def create(name, partitions=1, factor=1, config=None):
        admin.create_topics([NewTopic(name, partitions, factor, config=config or {})])[name].result(BOUND_SECONDS)

    existing, fresh = session.new_topic(), session.name("refused")
    fails("TOPIC_ALREADY_EXISTS", lambda: create(existing))
    fails("TOPIC_EXCEPTION", lambda: create("../escape"))
    fails("TOPIC_EXCEPTION", lambda: create("n" * 250))
    fails("INVALID_PARTITIONS", lambda: create(fresh, partitions=0))
    fails("INVALID_CONFIG", lambda: create(fresh, config={"no.such.config": "1"}))
    fails("INVALID_CONFIG", lambda: create(fresh, config={"cleanup.policy": "vanish"}))


def validates():
    name = session.name("validated")
    admin.create_topics([NewTopic(name, 2, 1)], validate_only=True)[name].result(BOUND_SECONDS)
    fails("UNKNOWN_TOPIC_OR_PART", lambda: described(name))


def adds_partitions():
    def widen(topic, total):
        admin.create_partitions([NewPartitions(topic, total)])[topic].result(BOUND_SECONDS)

    topic = session.new_topic(2)
    widen(topic, 5)
    equal("partitions", len(described(topic).partitions), 5)
    fails("INVALID_PARTITIONS", lambda: widen(topic, 3))
    fails("UNKNOWN_TOPIC_OR_PART", lambda: widen(session.name("unknown"), 3))


def describes_topics():
    topic = session.new_topic(3)
    description = described(topic)
    equal("name", description.name, topic)
    equal("internal", description.is_internal, False)
    equal("partitions", [partition.id for partition in description.partitions], [0, 1, 2])
    for partition in description.partitions:
        holds("the leader is in sync", partition.leader.id in [node.id for node in partition.isr])
        holds("the leader is a replica", partition.leader.id in [node.id for node in partition.replicas])


def describes_cluster():
    cluster = admin.describe_cluster().result(BOUND_SECONDS)
    holds("has a cluster id", len(cluster.cluster_id) > 0)
    holds("the controller is one of the nodes", cluster.controller.id in [node.id for node in cluster.nodes])
    equal("address", f"{cluster.controller.host}:{cluster.controller.port}", session.BROKER)


def configs_of(kind, name):
    resource = ConfigResource(kind, name)
    return admin.describe_configs([resource])[resource].result(BOUND_SECONDS)


def describes_configs():
    topic = session.new_topic(configs={"retention.ms": "86400000"})
    configs = configs_of(ResourceType.TOPIC, topic)
    equal("retention.ms", configs["retention.ms"].value, "86400000")
    equal("its source", ConfigSource(configs["retention.ms"].source), ConfigSource.DYNAMIC_TOPIC_CONFIG)
    equal("cleanup.policy", configs["cleanup.policy"].value, "delete")
    equal("its source", ConfigSource(configs["cleanup.policy"].source), ConfigSource.DEFAULT_CONFIG)
    node = str(admin.describe_cluster().result(BOUND_SECONDS).controller.id)
    broker = configs_of(ResourceType.BROKER, node)
    equal("node.id", broker["node.id"].value, node)
    equal("message.max.bytes", broker["message.max.bytes"].value, "1048588")
    fails("UNKNOWN_TOPIC_OR_PART", lambda: configs_of(ResourceType.TOPIC, session.name("unknown")))


def alter(topic, name, value, operation):
    entry = ConfigEntry(name, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(BOUND_SECONDS)


def await_config(topic, name, expected):
    """A change reaches the broker's own view a moment after the controller's answer."""
    deadline = time.monotonic() + 5
    while configs_of(ResourceType.TOPIC, topic)[name].value != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    equal(name, configs_of(ResourceType.TOPIC, topic)[name].value, expected)


def alters_configs():
    topic = session.new_topic()
    for name, value, operation, expected in (
        ("max.message.bytes", "5000", AlterConfigOpType.SET, "5000"),
        ("cleanup.policy", "compact", AlterConfigOpType.APPEND, "delete,compact"),
        ("cleanup.policy", "delete", AlterConfigOpType.SUBTRACT, "compact"),
        ("cleanup.policy", None, AlterConfigOpType.DELETE, "delete"),
    ):
        alter(topic, name, value, operation)
        await_config(topic, name, expected)
    equal("the first change stays", configs_of(ResourceType.TOPIC, topic)["max.message.bytes"].value, "5000")


def refuses_configs():
    topic = session.new_topic()
    fails("INVALID_CONFIG", lambda: alter(topic, "no.such.config", "1", AlterConfigOpType.SET))
    fails("INVALID_CONFIG", lambda: alter(topic, "retention.ms", "soon", AlterConfigOpType.SET))
    fails("UNKNOWN_TOPIC_OR_PART", lambda: alter(session.name("unknown"), "retention.ms", "1", AlterConfigOpType.SET))


def lists_offsets():
    topic = session.new_topic()
    session.fill(topic, 20)
    for isolation in (IsolationLevel.READ_UNCOMMITTED, IsolationLevel.READ_COMMITTED):
        for spec, offset in (
            (OffsetSpec.earliest(), 0),
            (OffsetSpec.latest(), 20),
            (OffsetSpec.max_timestamp(), 19),
            (OffsetSpec.for_timestamp(4_500), 4),
        ):
            partition = TopicPartition(topic, 0)
            futures = admin.list_offsets({partition: spec}, isolation_level=isolation)
            equal(f"offset by {spec} {isolation}", futures[partition].result(BOUND_SECONDS).offset, offset)


def deletes_records():
    topic = session.new_topic()
    session.fill(topic, 20)

    def delete(offset):
        partition = TopicPartition(topic, 0, offset)
        return admin.delete_records([partition])[partition].result(BOUND_SECONDS).low_watermark

    equal("low watermark", delete(7), 7)
    equal("records left", len(session.read(topic)), 13)
    fails("OFFSET_OUT_OF_RANGE", lambda: delete(21))
    equal("all", delete(-1), 20)


def lists_topics():
    topic = session.new_topic(4)
    metadata = admin.list_topics(timeout=BOUND_SECONDS)
    equal("partitions", sorted(metadata.topics[topic].partitions), [0, 1, 2, 3])
    holds("has a cluster id", len(metadata.cluster_id) > 0)
    holds("the controller is a broker", metadata.controller_id in metadata.brokers)
