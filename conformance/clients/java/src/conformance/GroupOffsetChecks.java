package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;
import static conformance.GroupMember.awaitShares;
import static conformance.GroupMember.classic;
import static conformance.GroupMember.next;
import static conformance.GroupMember.partitions;
import static conformance.GroupMember.with;
import static java.util.Map.entry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Offsets that members commit, and where the next ones go on. */
final class GroupOffsetChecks {
  private GroupOffsetChecks() {}

  static void run(Session session) {
    for (Map<String, String> protocol : List.of(classic("range"), next("uniform"))) {
      String name = protocol.get("group.protocol");
      check(name + ": commits with metadata and leader epoch, at once and later, and reads them back", () -> commits(session, protocol));
      check(name + ": a new member goes on where the last one committed", () -> resumes(session, protocol));
      check(name + ": commits by itself, when it leaves as well", () -> commitsByItself(session, protocol));
      check(name + ": where nothing is committed, auto.offset.reset decides", () -> resets(session, protocol));
      check(name + ": goes back, and commits that", () -> goesBack(session, protocol));
    }
    // a member of the consumer protocol would enter again on its own, and then it may
    check("classic: a commit of a member that was replaced fails", () -> replaced(session, classic("range")));
    check("commits without joining", () -> simple(session));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Session session, String group, Map<String, String> protocol) {
    return session.consumer(with(protocol, entry("group.id", group), entry("auto.offset.reset", "earliest")));
  }

  /** Values of the next records. */
  private static List<Integer> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
    List<Integer> values = new ArrayList<>();
    long deadline = System.nanoTime() + Session.READ_BOUND.toNanos();
    while (values.size() < count) {
      if (System.nanoTime() > deadline) throw new AssertionError("read " + values + ", and no more came");
      consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add((int) record.value()[0]));
    }
    return values;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static void commits(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(2, Map.of());
    session.fill(topic, 0, 20);
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, protocol)) {
      consumer.subscribe(List.of(topic));
      poll(consumer, 20);
      OffsetAndMetadata at = new OffsetAndMetadata(7, Optional.of(0), "where we are: řeka");
      consumer.commitSync(Map.of(partition, at));
      equal("committed", at, consumer.committed(Set.of(partition)).get(partition));
      equal("not committed", null, consumer.committed(Set.of(new TopicPartition(topic, 1))).get(new TopicPartition(topic, 1)));
      CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> later = new CompletableFuture<>();
      consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(9)), (offsets, failure) -> {
        if (failure == null) later.complete(offsets);
        else later.completeExceptionally(failure);
      });
      for (int attempt = 0; attempt < 200 && !later.isDone(); attempt++) consumer.poll(Duration.ofMillis(50));
      equal("committed later", 9L, later.getNow(Map.of()).get(partition).offset());
      equal("as read", "", consumer.committed(Set.of(partition)).get(partition).metadata());
      consumer.commitSync();
      equal("its position", 20L, consumer.committed(Set.of(partition)).get(partition).offset());
    }
    Map<TopicPartition, OffsetAndMetadata> listed = session.admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
    equal("as an administrator sees it", 20L, listed.get(partition).offset());
  }

  private static void resumes(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 30);
    for (int from = 0; from < 30; from += 10) {
      try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, with(protocol, entry("max.poll.records", "10")))) {
        consumer.subscribe(List.of(topic));
        equal("from " + from, range(from, from + 10), poll(consumer, 10));
        consumer.commitSync();
      }
    }
  }

  private static void commitsByItself(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 10);
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<String, String> settings = with(protocol, entry("enable.auto.commit", "true"), entry("auto.commit.interval.ms", "100"));
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, settings)) {
      consumer.subscribe(List.of(topic));
      poll(consumer, 10);
      GroupMember.await("it commits by itself", () -> {
        consumer.poll(Duration.ofMillis(50));
        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
        return committed != null && committed.offset() == 10;
      });
    }
    session.fill(topic, 0, 5);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, with(settings, entry("auto.commit.interval.ms", "600000")))) {
      consumer.subscribe(List.of(topic));
      equal("goes on", range(0, 5), poll(consumer, 5));
    }
    Map<TopicPartition, OffsetAndMetadata> listed = session.admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
    equal("committed on leaving", 15L, listed.get(partition).offset());
  }

  private static void resets(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 5);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic + "-earliest", protocol)) {
      consumer.subscribe(List.of(topic));
      equal("earliest", range(0, 5), poll(consumer, 5));
    }
    Map<String, String> latest = with(protocol, entry("group.id", topic + "-latest"), entry("auto.offset.reset", "latest"));
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(latest)) {
      consumer.subscribe(List.of(topic));
      TopicPartition partition = new TopicPartition(topic, 0);
      GroupMember.await("it has its partition", () -> {
        consumer.poll(Duration.ofMillis(50));
        return consumer.assignment().contains(partition) && consumer.position(partition) == 5;
      });
      session.fill(topic, 0, 1);
      equal("latest", List.of(0), poll(consumer, 1));
    }
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(with(protocol, entry("group.id", topic + "-none")))) {
      consumer.subscribe(List.of(topic));
      fails(NoOffsetForPartitionException.class, () -> poll(consumer, 1));
    }
  }

  private static void goesBack(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 10);
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, protocol)) {
      consumer.subscribe(List.of(topic));
      poll(consumer, 10);
      consumer.commitSync();
      consumer.seek(partition, 4);
      consumer.commitSync();
    }
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(session, topic, protocol)) {
      consumer.subscribe(List.of(topic));
      equal("from 4", range(4, 10), poll(consumer, 6));
    }
  }

  private static void replaced(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 5);
    Set<TopicPartition> all = partitions(topic, 1);
    KafkaConsumer<byte[], byte[]> slow = consumer(session, topic, with(protocol, entry("max.poll.interval.ms", "500")));
    try (slow) {
      slow.subscribe(List.of(topic));
      poll(slow, 5);
      try (GroupMember other = GroupMember.join(session, topic, protocol, topic)) {
        awaitShares(all, other);
        fails(CommitFailedException.class, () -> slow.commitSync(Duration.ofSeconds(5)));
        GroupMember.awaitRead(5, other);
      }
    }
  }

  private static void simple(Session session) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 5);
    TopicPartition partition = new TopicPartition(topic, 0);
    for (int attempt = 0; attempt < 2; attempt++) {
      try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("group.id", topic, "auto.offset.reset", "earliest"))) {
        consumer.assign(List.of(partition));
        if (attempt == 0) {
          equal("all", 5, poll(consumer, 5).size());
          consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3)));
        } else {
          equal("from 3", List.of(3, 4), poll(consumer, 2));
        }
      }
    }
    String state = session.admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).groupState().toString();
    holds("the group is empty: " + state, state.equals("Empty"));
  }
}
