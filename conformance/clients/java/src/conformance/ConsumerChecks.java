package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;

/** Reading by assignment: positions, times, waiting, limits, and what happens out of range. */
final class ConsumerChecks {
  private ConsumerChecks() {}

  static void run(Session session, Cases cases) {
    check("seeks to an offset, the beginning and the end", () -> seeks(session));
    check("finds offsets for times", () -> times(session));
    check("knows beginning and end offsets", () -> ends(session));
    check("reads with isolation.level=read_committed", () -> readCommitted(session));
    check("waits for a record, and gets it when it comes", () -> longPoll(session));
    check("returns at once with fetch.min.bytes reached, and late without", () -> minBytes(session));
    check("gets a record larger than its fetch limits", () -> smallFetches(session, cases));
    check("is told that an offset is out of range", () -> outOfRange(session));
    check("falls to auto.offset.reset when an offset is out of range", () -> resets(session));
    check("reads what is left after records were deleted", () -> afterDeletion(session));
    check("lists topics and partitions", () -> lists(session));
    check("is refused a name that is no topic name", () -> invalidName(session));
  }

  private static List<Integer> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
    List<Integer> values = new java.util.ArrayList<>();
    for (int attempt = 0; attempt < 100 && values.size() < count; attempt++) {
      consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add((int) record.value()[0]));
    }
    return values;
  }

  private static void seeks(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 50);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("max.poll.records", "10"))) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 20);
      equal("from 20", IntStream.range(20, 30).boxed().toList(), poll(consumer, 10));
      equal("position", 30L, consumer.position(partition));
      consumer.seekToBeginning(List.of(partition));
      equal("from the beginning", IntStream.range(0, 10).boxed().toList(), poll(consumer, 10));
      consumer.seekToEnd(List.of(partition));
      equal("position at the end", 50L, consumer.position(partition));
      session.fill(partition.topic(), 0, 3);
      equal("after the end", List.of(0, 1, 2), poll(consumer, 3));
    }
  }

  private static void times(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 50);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      for (long[] expected : new long[][] {{0, 0, 1000}, {1000, 0, 1000}, {10_500, 10, 11_000}, {50_000, 49, 50_000}}) {
        OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(partition, expected[0])).get(partition);
        equal("offset for " + expected[0], expected[1], found.offset());
        equal("timestamp for " + expected[0], expected[2], found.timestamp());
      }
      equal("after the last", null, consumer.offsetsForTimes(Map.of(partition, 50_001L)).get(partition));
    }
  }

  private static void ends(Session session) throws Exception {
    TopicPartition filled = new TopicPartition(session.newTopic(2, Map.of()), 0);
    TopicPartition empty = new TopicPartition(filled.topic(), 1);
    session.fill(filled.topic(), 0, 7);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      equal("beginning", Map.of(filled, 0L, empty, 0L), consumer.beginningOffsets(List.of(filled, empty)));
      equal("end", Map.of(filled, 7L, empty, 0L), consumer.endOffsets(List.of(filled, empty)));
      consumer.assign(List.of(filled));
      consumer.seek(filled, 2);
      equal("lag before a fetch is unknown", true, consumer.currentLag(filled).isEmpty());
      poll(consumer, 5);
      equal("lag", 0L, consumer.currentLag(filled).orElse(-1));
    }
  }

  private static void readCommitted(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 9);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("isolation.level", "read_committed"))) {
      equal("records", 9, Session.readAll(consumer, List.of(partition)).size());
      equal("the last stable offset", 9L, consumer.endOffsets(List.of(partition)).get(partition));
    }
  }

  private static void longPoll(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("fetch.max.wait.ms", "20000"));
        KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      consumer.position(partition);
      CompletableFuture<Void> later =
          CompletableFuture.runAsync(
              () -> producer.send(new ProducerRecord<>(partition.topic(), new byte[1])),
              CompletableFuture.delayedExecutor(1, java.util.concurrent.TimeUnit.SECONDS));
      long start = System.nanoTime();
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(15));
      long elapsedMs = (System.nanoTime() - start) / 1_000_000;
      later.get();
      // the next fetch is already waiting: closing would wait for it
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      equal("records", 1, records.count());
      holds("it came when it was written, not at the end of the wait: " + elapsedMs + " ms", elapsedMs < 8_000);
    }
  }

  private static void minBytes(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 5);
    Map<String, String> patient = Map.of("fetch.min.bytes", "100000", "fetch.max.wait.ms", "1500");
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(patient)) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 0);
      long start = System.nanoTime();
      equal("records", 5, consumer.poll(Duration.ofSeconds(10)).count());
      long elapsedMs = (System.nanoTime() - start) / 1_000_000;
      holds("waited fetch.max.wait.ms: " + elapsedMs + " ms", elapsedMs >= 1_400 && elapsedMs < 6_000);
    }
  }

  private static void smallFetches(Session session, Cases cases) throws Exception {
    String topic = session.newTopic();
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      for (int i = 0; i < 3; i++) producer.send(new ProducerRecord<>(topic, cases.largestValue)).get();
    }
    Map<String, String> small = Map.of("fetch.max.bytes", "1000", "max.partition.fetch.bytes", "1000");
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(small)) {
      equal("records", 3, Session.readAll(consumer, List.of(new TopicPartition(topic, 0))).size());
    }
  }

  private static void outOfRange(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 5);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      consumer.assign(List.of(partition));
      fails(NoOffsetForPartitionException.class, () -> consumer.poll(Duration.ofSeconds(5)));
      consumer.seek(partition, 6);
      fails(OffsetOutOfRangeException.class, () -> poll(consumer, 1));
    }
  }

  private static void resets(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 5);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("auto.offset.reset", "earliest"))) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 1000);
      equal("records", List.of(0, 1, 2, 3, 4), poll(consumer, 5));
    }
  }

  private static void afterDeletion(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 10);
    OffsetAdminChecks.deleteBefore(session, partition, 4);
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      equal("position", 4L, consumer.position(partition));
      equal("records", List.of(4, 5, 6, 7, 8, 9), poll(consumer, 6));
    }
  }

  private static void lists(Session session) throws Exception {
    String topic = session.newTopic(4, Map.of());
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      holds("the topic is among all topics", consumer.listTopics().containsKey(topic));
      List<PartitionInfo> partitions = consumer.partitionsFor(topic);
      equal("partitions", List.of(0, 1, 2, 3), partitions.stream().map(PartitionInfo::partition).sorted().toList());
    }
  }

  private static void invalidName(Session session) {
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      fails(InvalidTopicException.class, () -> consumer.partitionsFor("../escape"));
    }
  }
}
