package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;

/** Acknowledgements, idempotence, the limits of size and time, and the topic settings that change what is stored. */
final class ProducerChecks {
  private static final int COUNT = 5_000;

  private ProducerChecks() {}

  static void run(Session session, Cases cases) {
    for (String acks : List.of("0", "1", "all")) {
      check("produces with acks=" + acks, () -> inOrder(session, Map.of("acks", acks, "enable.idempotence", "false")));
    }
    check("produces idempotently, in order, each record once", () -> inOrder(session, Map.of("enable.idempotence", "true")));
    check("stores a record of 1 MB", () -> largest(session, cases));
    check("refuses a record above max.message.bytes", () -> tooLarge(session, cases.tooLargeValue, Map.of()));
    check("refuses above a topic's own max.message.bytes", () -> tooLarge(session, new byte[3000], Map.of("max.message.bytes", "2000")));
    check("refuses a timestamp more than an hour ahead", () -> fromTheFuture(session));
    check("sets the time of arrival with message.timestamp.type=LogAppendTime", () -> appendTime(session));
    check("stores in the topic's compression.type", () -> topicCodec(session));
    check("refuses a record without a key where cleanup.policy=compact", () -> keyless(session));
    check("creates a topic at its first record", () -> autoCreation(session));
    check("refuses to produce to a name that is no topic name", () -> invalidName(session));
    check("gives up on a partition that does not exist", () -> missingPartition(session));
    check("lists the partitions of a topic", () -> partitionsFor(session));
  }

  private static void inOrder(Session session, Map<String, String> settings) throws Exception {
    String topic = session.newTopic();
    try (KafkaProducer<byte[], byte[]> producer = session.producer(settings)) {
      for (int i = 0; i < COUNT; i++) producer.send(new ProducerRecord<>(topic, 0, null, String.valueOf(i).getBytes()));
      producer.flush();
    }
    awaitEnd(session, topic, COUNT);
    List<String> values = session.readAll(topic).stream().map(record -> new String(record.value())).toList();
    equal("records", IntStream.range(0, COUNT).mapToObj(String::valueOf).toList(), values);
  }

  /** With acks=0 nothing says when the records have arrived. */
  private static void awaitEnd(Session session, String topic, long end) throws Exception {
    for (int attempt = 0; attempt < 100; attempt++) {
      if (OffsetAdminChecks.latest(session, topic) >= end) return;
      Thread.sleep(50);
    }
    throw new AssertionError("the end offset is " + OffsetAdminChecks.latest(session, topic) + ", not " + end);
  }

  private static void largest(Session session, Cases cases) throws Exception {
    String topic = session.newTopic();
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      equal("offset", 0L, producer.send(new ProducerRecord<>(topic, cases.largestValue)).get().offset());
    }
    List<ConsumerRecord<byte[], byte[]>> records = session.readAll(topic);
    equal("records", 1, records.size());
    holds("the value is the one sent", Arrays.equals(cases.largestValue, records.get(0).value()));
  }

  private static void tooLarge(Session session, byte[] value, Map<String, String> configs) throws Exception {
    String topic = session.newTopic(1, configs);
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      fails(RecordTooLargeException.class, () -> producer.send(new ProducerRecord<>(topic, value)).get());
      equal("offset of the next record", 0L, producer.send(new ProducerRecord<>(topic, new byte[10])).get().offset());
    }
  }

  private static void fromTheFuture(Session session) throws Exception {
    String topic = session.newTopic();
    long ahead = System.currentTimeMillis() + 2 * 3_600_000;
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      fails(InvalidTimestampException.class, () -> producer.send(new ProducerRecord<>(topic, 0, ahead, null, new byte[1])).get());
    }
  }

  private static void appendTime(Session session) throws Exception {
    String topic = session.newTopic(1, Map.of("message.timestamp.type", "LogAppendTime"));
    long before = System.currentTimeMillis();
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of("compression.type", "lz4"))) {
      RecordMetadata metadata = producer.send(new ProducerRecord<>(topic, 0, 1000L, null, new byte[1])).get();
      holds("the acknowledgement carries the time of arrival", metadata.timestamp() >= before);
    }
    ConsumerRecord<byte[], byte[]> record = session.readAll(topic).get(0);
    equal("type", TimestampType.LOG_APPEND_TIME, record.timestampType());
    holds("the record carries the time of arrival", record.timestamp() >= before);
  }

  private static void topicCodec(Session session) throws Exception {
    String topic = session.newTopic(1, Map.of("compression.type", "zstd"));
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of("linger.ms", "100"))) {
      for (int i = 0; i < 100; i++) producer.send(new ProducerRecord<>(topic, new byte[1000]));
    }
    List<ConsumerRecord<byte[], byte[]>> records = session.readAll(topic);
    equal("records", 100, records.size());
    records.forEach(record -> equal("value", 1000, record.value().length));
    long bytes = ClusterAdminChecks.sizeOf(session, topic);
    holds("100 kB of zeros compressed take less than 20 kB, not " + bytes, bytes < 20_000);
  }

  private static void keyless(Session session) throws Exception {
    String topic = session.newTopic(1, Map.of("cleanup.policy", "compact"));
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      fails(
          org.apache.kafka.common.InvalidRecordException.class,
          () -> producer.send(new ProducerRecord<>(topic, new byte[1])).get());
      equal("offset with a key", 0L, producer.send(new ProducerRecord<>(topic, new byte[1], new byte[1])).get().offset());
    }
  }

  private static void autoCreation(Session session) throws Exception {
    String topic = session.name("auto-created");
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, "first".getBytes()));
      equal("offset", 0L, sent.get().offset());
    }
    equal("value", "first", new String(session.readAll(topic).get(0).value()));
  }

  private static void invalidName(Session session) {
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      fails(InvalidTopicException.class, () -> producer.send(new ProducerRecord<>("../escape", new byte[1])).get());
    }
  }

  private static void missingPartition(Session session) throws Exception {
    String topic = session.newTopic();
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of("max.block.ms", "1500"))) {
      fails(TimeoutException.class, () -> producer.send(new ProducerRecord<>(topic, 7, null, new byte[1])).get());
    }
  }

  private static void partitionsFor(Session session) throws Exception {
    String topic = session.newTopic(3, Map.of());
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      equal("partitions", 3, producer.partitionsFor(topic).size());
      producer.partitionsFor(topic).forEach(partition -> holds("has a leader", partition.leader() != null));
    }
  }
}
