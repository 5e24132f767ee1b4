package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics through the AdminClient: created, described, widened, deleted, by name and by id. */
final class TopicAdminChecks {
  private TopicAdminChecks() {}

  static void run(Session session) {
    check("creates a topic with configs, and tells what came of it", () -> creates(session));
    check("creates with the broker's defaults", () -> defaults(session));
    check("creates with replicas assigned by hand", () -> assigned(session));
    check("validates a creation without creating", () -> validateOnly(session));
    check("describes topics by name and by id", () -> describes(session));
    check("lists topics, internal ones on request", () -> lists(session));
    check("deletes topics by name and by id", () -> deletes(session));
    check("gives a topic created again a new id and no records", () -> createsAgain(session));
    check("adds partitions", () -> addsPartitions(session));
    check("creates and deletes 20 topics in one request", () -> many(session));
  }

  static TopicDescription describe(Session session, String topic) throws Exception {
    return session.admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
  }

  private static void creates(Session session) throws Exception {
    String name = session.name("created");
    NewTopic topic = new NewTopic(name, 3, (short) 1).configs(Map.of("retention.ms", "3600000"));
    CreateTopicsResult result = session.admin.createTopics(List.of(topic));
    equal("partitions", 3, result.numPartitions(name).get());
    equal("replication factor", 1, result.replicationFactor(name).get());
    equal("retention.ms", "3600000", result.config(name).get().get("retention.ms").value());
    holds("the answer carries all configs", result.config(name).get().entries().size() > 20);
    equal("the id", describe(session, name).topicId(), result.topicId(name).get());
  }

  private static void defaults(Session session) throws Exception {
    String name = session.name("defaults");
    CreateTopicsResult result = session.admin.createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty())));
    equal("partitions: num.partitions", 1, result.numPartitions(name).get());
    equal("replication factor", 1, result.replicationFactor(name).get());
  }

  private static void assigned(Session session) throws Exception {
    String name = session.name("assigned");
    int node = session.admin.describeCluster().nodes().get().iterator().next().id();
    session.admin.createTopics(List.of(new NewTopic(name, Map.of(0, List.of(node), 1, List.of(node))))).all().get();
    equal("partitions", 2, describe(session, name).partitions().size());
  }

  private static void validateOnly(Session session) throws Exception {
    String name = session.name("validated");
    CreateTopicsOptions options = new CreateTopicsOptions().validateOnly(true);
    CreateTopicsResult result = session.admin.createTopics(List.of(new NewTopic(name, 2, (short) 1)), options);
    result.all().get();
    equal("partitions", 2, result.numPartitions(name).get());
    fails(UnknownTopicOrPartitionException.class, () -> describe(session, name));
  }

  private static void describes(Session session) throws Exception {
    String name = session.newTopic(5, Map.of());
    TopicDescription byName = describe(session, name);
    equal("name", name, byName.name());
    equal("internal", false, byName.isInternal());
    equal("partitions", List.of(0, 1, 2, 3, 4), byName.partitions().stream().map(partition -> partition.partition()).toList());
    byName.partitions().forEach(partition -> {
      holds("has a leader", partition.leader() != null && partition.leader().port() > 0);
      holds("the leader is in sync", partition.isr().contains(partition.leader()));
      holds("the leader is a replica", partition.replicas().contains(partition.leader()));
    });
    Uuid id = byName.topicId();
    holds("has an id", !id.equals(Uuid.ZERO_UUID));
    TopicDescription byId = session.admin.describeTopics(TopicCollection.ofTopicIds(List.of(id))).allTopicIds().get().get(id);
    equal("name by id", name, byId.name());
    equal("partitions by id", 5, byId.partitions().size());
    Uuid unknown = Uuid.randomUuid();
    fails(
        UnknownTopicIdException.class,
        () -> session.admin.describeTopics(TopicCollection.ofTopicIds(List.of(unknown))).allTopicIds().get());
    fails(UnknownTopicOrPartitionException.class, () -> describe(session, session.name("unknown")));
  }

  private static void lists(Session session) throws Exception {
    String name = session.newTopic();
    Map<String, TopicListing> all = session.admin.listTopics(new ListTopicsOptions().listInternal(true)).namesToListings().get();
    equal("id", describe(session, name).topicId(), all.get(name).topicId());
    equal("internal", false, all.get(name).isInternal());
    Set<String> names = session.admin.listTopics().names().get();
    Set<String> internal = new HashSet<>(all.keySet());
    internal.removeAll(names);
    holds("only internal topics are left out", internal.stream().allMatch(topic -> topic.startsWith("__")));
  }

  private static void deletes(Session session) throws Exception {
    String first = session.newTopic();
    String second = session.newTopic();
    Uuid id = describe(session, second).topicId();
    session.admin.deleteTopics(List.of(first)).all().get();
    session.admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();
    awaitGone(session, first);
    awaitGone(session, second);
    fails(UnknownTopicOrPartitionException.class, () -> session.admin.deleteTopics(List.of(first)).all().get());
    fails(UnknownTopicIdException.class, () -> session.admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get());
  }

  /** A controller may answer before every broker knows. */
  private static void awaitGone(Session session, String topic) throws Exception {
    for (int attempt = 0; attempt < 100; attempt++) {
      if (!session.admin.listTopics().names().get().contains(topic)) return;
      Thread.sleep(50);
    }
    throw new AssertionError(topic + " is still listed");
  }

  private static void createsAgain(Session session) throws Exception {
    String name = session.newTopic();
    session.fill(name, 0, 10);
    Uuid before = describe(session, name).topicId();
    session.admin.deleteTopics(List.of(name)).all().get();
    awaitGone(session, name);
    session.createTopic(name, 1, Map.of());
    holds("the id is new", !describe(session, name).topicId().equals(before));
    equal("end offset", 0L, OffsetAdminChecks.latest(session, name));
    equal("offset of the first record", 0L, session.fill(name, 0, 1).get(0).offset());
  }

  private static void addsPartitions(Session session) throws Exception {
    String name = session.newTopic(2, Map.of());
    CreatePartitionsOptions validate = new CreatePartitionsOptions().validateOnly(true);
    session.admin.createPartitions(Map.of(name, NewPartitions.increaseTo(9)), validate).all().get();
    equal("after validation", 2, describe(session, name).partitions().size());
    session.admin.createPartitions(Map.of(name, NewPartitions.increaseTo(6))).all().get();
    equal("after the change", 6, describe(session, name).partitions().size());
    equal("the new partition can be written", 0L, session.fill(name, 5, 1).get(0).offset());
  }

  private static void many(Session session) throws Exception {
    List<String> names = java.util.stream.IntStream.range(0, 20).mapToObj(i -> session.name("many-" + i)).toList();
    session.admin.createTopics(names.stream().map(name -> new NewTopic(name, 2, (short) 1)).toList()).all().get();
    equal("described", 20, session.admin.describeTopics(names).allTopicNames().get().size());
    session.admin.deleteTopics(names).all().get();
    for (String name : names) awaitGone(session, name);
  }
}
