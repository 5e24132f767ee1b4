package conformance;

import static conformance.Checks.check;
import static conformance.Checks.fails;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topic requests that must be refused, and with which error. */
final class TopicErrorChecks {
  private static final String LONGEST = "n".repeat(249);

  private TopicErrorChecks() {}

  static void run(Session session) {
    check("refuses a topic that exists", () -> {
      String name = session.newTopic();
      fails(TopicExistsException.class, () -> create(session, new NewTopic(name, 1, (short) 1)));
    });
    for (String name : List.of(".", "..", "../x", "a/b", "a b", "ž", "a:b", LONGEST + "n")) {
      check("refuses the topic name " + shorten(name), () ->
          fails(InvalidTopicException.class, () -> create(session, new NewTopic(name, 1, (short) 1))));
    }
    check("accepts a name of 249 characters", () -> {
      create(session, new NewTopic(LONGEST, 1, (short) 1));
      session.fill(LONGEST, 0, 1);
      session.admin.deleteTopics(List.of(LONGEST)).all().get();
    });
    check("refuses a name that collides when . and _ are the same", () -> {
      create(session, new NewTopic(session.name("a.b"), 1, (short) 1));
      fails(InvalidTopicException.class, () -> create(session, new NewTopic(session.name("a_b"), 1, (short) 1)));
    });
    refuses(session, "0 partitions", InvalidPartitionsException.class, new NewTopic(session.name("bad"), 0, (short) 1));
    refuses(session, "-2 partitions", InvalidPartitionsException.class, new NewTopic(session.name("bad"), -2, (short) 1));
    refuses(session, "replication factor 0", InvalidReplicationFactorException.class, new NewTopic(session.name("bad"), 1, (short) 0));
    refuses(session, "replication factor -2", InvalidReplicationFactorException.class, new NewTopic(session.name("bad"), 1, (short) -2));
    refuses(session, "partitions assigned by hand with a gap", InvalidReplicaAssignmentException.class,
        new NewTopic(session.name("bad"), Map.of(0, List.of(1), 2, List.of(1))));
    refuses(session, "replicas that do not exist", InvalidReplicaAssignmentException.class,
        new NewTopic(session.name("bad"), Map.of(0, List.of(4711))));
    refuses(session, "a replica twice", InvalidReplicaAssignmentException.class,
        new NewTopic(session.name("bad"), Map.of(0, List.of(1, 1))));
    for (String[] config : new String[][] {
      {"no.such.config", "1"},
      {"retention.ms", "soon"},
      {"cleanup.policy", "vanish"},
      {"max.message.bytes", "-1"},
      {"min.insync.replicas", "0"},
      {"compression.type", "brotli"},
      {"message.timestamp.type", "Never"},
      {"segment.bytes", "1"},
    }) {
      refuses(session, config[0] + "=" + config[1], InvalidConfigurationException.class,
          new NewTopic(session.name("bad"), 1, (short) 1).configs(Map.of(config[0], config[1])));
    }
    refusedPartitions(session);
  }

  private static void refusedPartitions(Session session) {
    check("refuses to remove partitions, or to add none", () -> {
      String name = session.newTopic(3, Map.of());
      for (int total : new int[] {2, 3, 0}) {
        fails(InvalidPartitionsException.class,
            () -> session.admin.createPartitions(Map.of(name, NewPartitions.increaseTo(total))).all().get());
      }
    });
    check("refuses partitions for a topic that does not exist", () ->
        fails(UnknownTopicOrPartitionException.class, () ->
            session.admin.createPartitions(Map.of(session.name("unknown"), NewPartitions.increaseTo(3))).all().get()));
    check("refuses partitions on replicas that do not exist", () -> {
      String name = session.newTopic(1, Map.of());
      fails(InvalidReplicaAssignmentException.class, () ->
          session.admin.createPartitions(Map.of(name, NewPartitions.increaseTo(2, List.of(List.of(4711))))).all().get());
    });
  }

  private static void refuses(Session session, String what, Class<? extends Throwable> expected, NewTopic topic) {
    check("refuses a topic with " + what, () -> fails(expected, () -> create(session, topic)));
  }

  private static void create(Session session, NewTopic topic) throws Exception {
    session.admin.createTopics(List.of(topic)).all().get();
  }

  private static String shorten(String name) {
    return name.length() > 40 ? "of " + name.length() + " characters" : "\"" + name + "\"";
  }
}
