package conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients of the broker under test, and topics that no other check uses. */
final class Session {
  static final Duration READ_BOUND = Duration.ofSeconds(20);

  final String broker = System.getenv("CONFORMANCE_BROKER");
  final Admin admin;
  private final String prefix = System.getenv("CONFORMANCE_TOPIC_PREFIX");
  private int topics = 0;

  Session() {
    Properties properties = connection();
    properties.put("request.timeout.ms", "20000");
    admin = Admin.create(properties);
  }

  String name(String purpose) {
    return prefix + "-" + purpose;
  }

  String newTopic(int partitions, Map<String, String> configs) throws Exception {
    String name = name("t" + topics++);
    createTopic(name, partitions, configs);
    return name;
  }

  String newTopic() throws Exception {
    return newTopic(1, Map.of());
  }

  void createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
    // old explicit timestamps must not fall to retention while they are being read
    Map<String, String> all = new HashMap<>(configs);
    all.putIfAbsent("retention.ms", "-1");
    admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(all))).all().get();
    awaitReady(name, partitions);
  }

  /**
   * A broker may learn of a partition after the controller's answer. What is sent before that is refused and sent again, and where
   * several batches are on their way the second arrives first: Kafka then takes the first for out of sequence.
   */
  private void awaitReady(String topic, int partitions) throws Exception {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (int i = 0; i < partitions; i++) all.put(new TopicPartition(topic, i), OffsetSpec.latest());
    for (int attempt = 0; attempt < 200; attempt++) {
      try {
        admin.listOffsets(all).all().get();
        return;
      } catch (ExecutionException notYet) {
        if (!(notYet.getCause() instanceof UnknownTopicOrPartitionException)) throw notYet;
        Thread.sleep(20);
      }
    }
    throw new AssertionError(topic + " was created, but its partitions never answered");
  }

  Properties connection() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", broker);
    return properties;
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
    Properties properties = connection();
    properties.put("max.request.size", "4000000");
    properties.put("max.block.ms", "10000");
    properties.putAll(settings);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings) {
    Properties properties = connection();
    properties.put("auto.offset.reset", "none");
    properties.put("enable.auto.commit", "false");
    properties.put("allow.auto.create.topics", "false");
    properties.put("default.api.timeout.ms", "10000");
    properties.putAll(settings);
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Sends one-byte values 0, 1, 2… with timestamps that are a second apart, starting at a second after the epoch. */
  List<RecordMetadata> fill(String topic, int partition, int count) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, (i + 1) * 1000L, null, new byte[] {(byte) i})));
      }
      List<RecordMetadata> results = new ArrayList<>();
      for (Future<RecordMetadata> one : sent) results.add(one.get());
      return results;
    }
  }

  List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
      return readAll(consumer, List.of(new TopicPartition(topic, 0)));
    }
  }

  /** From the beginning to the end offsets as they are now. */
  static List<ConsumerRecord<byte[], byte[]>> readAll(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long deadline = System.nanoTime() + READ_BOUND.toNanos();
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      if (System.nanoTime() > deadline) throw new AssertionError("read " + records.size() + " records, and no more came");
      consumer.poll(Duration.ofMillis(200)).forEach(records::add);
    }
    return records;
  }
}
