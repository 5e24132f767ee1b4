package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.holds;
import static conformance.GroupMember.awaitRead;
import static conformance.GroupMember.awaitShares;
import static conformance.GroupMember.classic;
import static conformance.GroupMember.join;
import static conformance.GroupMember.next;
import static conformance.GroupMember.partitions;
import static conformance.GroupMember.with;
import static java.util.Map.entry;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;

/** Members come, go, die and come back, in both protocols and with every assignor. */
final class GroupChecks {
  private static final int PARTITIONS = 6;

  private GroupChecks() {}

  static void run(Session session) {
    for (String assignor : List.of("range", "roundrobin", "sticky", "cooperative-sticky")) {
      check("classic, " + assignor + ": members share, and every record is read once", () -> shares(session, classic(assignor),
          assignor.startsWith("cooperative")));
    }
    for (String assignor : List.of("uniform", "range")) {
      check("consumer, " + assignor + ": members share, and every record is read once", () -> shares(session, next(assignor),
          assignor.equals("uniform")));
    }
    check("classic: a pattern finds a topic that is made later", () -> clientPattern(session));
    check("consumer: a pattern that the broker resolves", () -> brokerPattern(session));
    check("consumer: a pattern that is none is refused", () -> badPattern(session));
    for (Map<String, String> protocol : List.of(classic("range"), next("range"))) {
      String name = protocol.get("group.protocol");
      check(name + ": a static member comes back to what it had", () -> staticRestart(session, protocol));
      check(name + ": two members of one name", () -> sameName(session, protocol));
      check(name + ": a static member leaves for good", () -> staticLeaves(session, protocol));
      check(name + ": a member that is killed is replaced", () -> dies(session, protocol));
      check(name + ": a member that does not poll in time is replaced, and comes back", () -> hangs(session, protocol));
      check(name + ": a member changes its subscription", () -> resubscribes(session, protocol));
      check(name + ": partitions are added to a topic that is consumed", () -> grows(session, protocol));
      check(name + ": more members than partitions", () -> crowd(session, protocol));
    }
  }

  private static void fillAll(Session session, String topic, int each) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) session.fill(topic, partition, each);
  }

  private static void shares(Session session, Map<String, String> settings, boolean keepsWhatItCan) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    try (GroupMember a = join(session, topic, settings, topic)) {
      awaitShares(all, a);
      try (GroupMember b = join(session, topic, settings, topic)) {
        awaitShares(all, a, b);
        int before = a.revoked.get() + b.revoked.get();
        try (GroupMember c = join(session, topic, settings, topic)) {
          awaitShares(all, a, b, c);
          if (keepsWhatItCan) equal("partitions given up for the third", 2, a.revoked.get() + b.revoked.get() - before);
          fillAll(session, topic, 3);
          List<String> read = awaitRead(18, a, b, c);
          equal("read", 18, read.size());
          equal("each once", 18, new HashSet<>(read).size());
          int taken = c.read.size();
          c.leave();
          awaitShares(all, a, b);
          fillAll(session, topic, 1);
          equal("read, each once", 24 - taken, new HashSet<>(awaitRead(24 - taken, a, b)).size());
        }
      }
    }
  }

  private static void clientPattern(Session session) throws Exception {
    String group = session.name("pattern");
    session.createTopic(group + "-1", 1, Map.of());
    try (GroupMember a = GroupMember.subscribe(session, group, classic("range"),
        member -> member.consumer().subscribe(Pattern.compile(group + "-.*"), member))) {
      awaitShares(partitions(group + "-1", 1), a);
      session.createTopic(group + "-2", 2, Map.of());
      Set<TopicPartition> all = partitions(group + "-2", 2);
      all.addAll(partitions(group + "-1", 1));
      awaitShares(all, a);
    }
  }

  private static void brokerPattern(Session session) throws Exception {
    String group = session.name("re2j");
    session.createTopic(group + "-1", 1, Map.of());
    session.createTopic(group + "-2", 2, Map.of());
    session.createTopic(group + "-x", 1, Map.of());
    Set<TopicPartition> all = partitions(group + "-1", 1);
    all.addAll(partitions(group + "-2", 2));
    try (GroupMember a = GroupMember.subscribe(session, group, next("uniform"),
        member -> member.consumer().subscribe(new SubscriptionPattern(group + "-[0-9]"), member))) {
      awaitShares(all, a);
    }
  }

  private static void badPattern(Session session) throws Exception {
    String group = session.name("re2j-bad");
    GroupMember a = GroupMember.subscribe(session, group, next("uniform"),
        member -> member.consumer().subscribe(new SubscriptionPattern("(" + group), member));
    equal("error", org.apache.kafka.common.errors.InvalidRegularExpression.class, a.failure().getClass());
  }

  private static void staticRestart(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    Map<String, String> one = with(protocol, entry("group.instance.id", "one"));
    try (GroupMember other = join(session, topic, with(protocol, entry("group.instance.id", "other")), topic)) {
      GroupMember first = join(session, topic, one, topic);
      awaitShares(all, first, other);
      Set<TopicPartition> had = first.assigned();
      int before = other.revoked.get();
      first.close();
      try (GroupMember again = join(session, topic, one, topic)) {
        awaitShares(all, again, other);
        equal("has what it had", had, again.assigned());
        equal("the other gave up", before, other.revoked.get());
        fillAll(session, topic, 1);
        awaitRead(PARTITIONS, again, other);
      }
    }
  }

  private static void sameName(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    Map<String, String> settings = with(protocol, entry("group.instance.id", "same"));
    boolean isClassic = protocol.get("group.protocol").equals("classic");
    GroupMember first = join(session, topic, settings, topic);
    awaitShares(all, first);
    GroupMember second = join(session, topic, settings, topic);
    // the classic protocol gives the name to whoever came last, the other to whoever has it
    GroupMember refused = isClassic ? first : second;
    Class<?> error = isClassic ? FencedInstanceIdException.class : UnreleasedInstanceIdException.class;
    equal("error", error, refused.failure().getClass());
    GroupMember winner = isClassic ? second : first;
    awaitShares(all, winner);
    winner.close();
  }

  private static void staticLeaves(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    try (GroupMember a = join(session, topic, protocol, topic)) {
      GroupMember fixed = join(session, topic, with(protocol, entry("group.instance.id", "fixed")), topic);
      awaitShares(all, a, fixed);
      fixed.leave();
      awaitShares(all, a);
    }
  }

  private static void dies(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    boolean isClassic = protocol.get("group.protocol").equals("classic");
    Map<String, String> settings = isClassic ? with(protocol, entry("session.timeout.ms", "1500")) : protocol;
    if (!isClassic) GroupAdminChecks.setGroupConfig(session, topic, "consumer.session.timeout.ms", "1500");
    try (GroupMember a = join(session, topic, settings, topic)) {
      awaitShares(all, a);
      Process other = GroupMember.startElsewhere(topic, settings, topic);
      long deathAt;
      try {
        GroupMember.await("the other has its share", () -> a.assigned().size() == PARTITIONS / 2, a);
      } finally {
        deathAt = System.nanoTime();
        other.destroyForcibly();
      }
      awaitShares(all, a);
      long tookMs = (System.nanoTime() - deathAt) / 1_000_000;
      holds("not before its session was over: " + tookMs + " ms", tookMs >= 1_000);
      fillAll(session, topic, 1);
      awaitRead(PARTITIONS, a);
    }
  }

  private static void hangs(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    try (GroupMember a = join(session, topic, protocol, topic);
        GroupMember b = join(session, topic, with(protocol, entry("max.poll.interval.ms", "1000")), topic)) {
      awaitShares(all, a, b);
      b.hang(2_000);
      GroupMember.await("the other has all", () -> a.assigned().equals(all), a, b);
      awaitShares(all, a, b);
      holds("it was told what it had lost", b.lost.get() > 0);
    }
  }

  private static void resubscribes(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    String other = session.newTopic(2, Map.of());
    try (GroupMember a = join(session, topic, protocol, topic); GroupMember b = join(session, topic, protocol, topic)) {
      awaitShares(partitions(topic, PARTITIONS), a, b);
      a.inPoll(() -> {
        a.consumer().subscribe(List.of(other), a);
        return null;
      });
      GroupMember.await("each its own topic",
          () -> a.assigned().equals(partitions(other, 2)) && b.assigned().equals(partitions(topic, PARTITIONS)), a, b);
    }
  }

  private static void grows(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(2, Map.of());
    try (GroupMember a = join(session, topic, protocol, topic); GroupMember b = join(session, topic, protocol, topic)) {
      awaitShares(partitions(topic, 2), a, b);
      session.admin.createPartitions(Map.of(topic, org.apache.kafka.clients.admin.NewPartitions.increaseTo(PARTITIONS))).all().get();
      awaitShares(partitions(topic, PARTITIONS), a, b);
    }
  }

  private static void crowd(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(2, Map.of());
    try (GroupMember a = join(session, topic, protocol, topic);
        GroupMember b = join(session, topic, protocol, topic);
        GroupMember c = join(session, topic, protocol, topic)) {
      awaitShares(partitions(topic, 2), a, b, c);
    }
  }
}
