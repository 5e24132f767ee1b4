package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.GroupMember.awaitRead;
import static conformance.GroupMember.awaitShares;
import static conformance.GroupMember.classic;
import static conformance.GroupMember.join;
import static conformance.GroupMember.next;
import static conformance.GroupMember.partitions;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** A group changes its protocol while it consumes, one member after another. */
final class GroupMigrationChecks {
  private static final int PARTITIONS = 6;

  private GroupMigrationChecks() {}

  static void run(Session session) {
    check("three members move from the classic protocol to the consumer protocol",
        () -> rolls(session, classic("range"), next("uniform"), GroupType.CONSUMER));
    check("three members that rebalance cooperatively move to the consumer protocol",
        () -> rolls(session, classic("cooperative-sticky"), next("uniform"), GroupType.CONSUMER));
    check("three members move from the consumer protocol to the classic protocol",
        () -> rolls(session, next("uniform"), classic("range"), GroupType.CLASSIC));
    check("an empty group takes the protocol of its next member, and keeps its offsets", () -> emptied(session));
  }

  private static void rolls(Session session, Map<String, String> from, Map<String, String> to, GroupType last) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    Set<TopicPartition> all = partitions(topic, PARTITIONS);
    GroupMember[] members = {join(session, topic, from, topic), join(session, topic, from, topic), join(session, topic, from, topic)};
    Set<String> read = new HashSet<>();
    int written = 0;
    for (int index = 0; index <= members.length; index++) {
      awaitShares(all, members);
      for (int partition = 0; partition < PARTITIONS; partition++) session.fill(topic, partition, 2);
      written += 2 * PARTITIONS;
      int missing = written - read.size();
      List<String> fresh = awaitRead(missing, members);
      equal("nothing is read twice", missing, fresh.size());
      read.addAll(fresh);
      equal("all is read", written, read.size());
      for (GroupMember member : members) member.read.clear();
      if (index == members.length) break;
      members[index].close();
      members[index] = join(session, topic, to, topic);
    }
    ConsumerGroupDescription described = session.admin.describeConsumerGroups(List.of(topic)).all().get().get(topic);
    equal("type in the end", last, described.type());
    equal("members", members.length, described.members().size());
    for (GroupMember member : members) member.close();
  }

  private static void emptied(Session session) throws Exception {
    String topic = session.newTopic(1, Map.of());
    Set<TopicPartition> all = partitions(topic, 1);
    int expected = 0;
    for (Map<String, String> protocol : List.of(classic("range"), next("range"), classic("sticky"))) {
      try (GroupMember member = join(session, topic, protocol, topic)) {
        awaitShares(all, member);
        session.fill(topic, 0, 3);
        equal("goes on where the last left off", "0:" + expected, awaitRead(3, member).get(0));
        expected += 3;
      }
    }
  }
}
