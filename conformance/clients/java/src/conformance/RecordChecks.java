package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.holds;

import conformance.Cases.Case;
import conformance.Cases.Header;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records come back as they were sent, in order, in every codec, whoever wrote them. */
final class RecordChecks {
  private RecordChecks() {}

  static void run(Session session, Cases cases) {
    for (String codec : cases.codecs) {
      String topic = session.name(codec);
      check(
          "writes and reads " + codec,
          () -> {
            session.createTopic(topic, 1, Map.of());
            long startMs = System.currentTimeMillis();
            send(session, topic, codec, cases.records);
            Checks.say("wrote " + codec + " " + topic);
            List<ConsumerRecord<byte[], byte[]>> records = session.readAll(topic);
            compare(cases.records, records);
            for (int i = 0; i < records.size(); i++) {
              if (cases.records.get(i).timestampMs() != null) continue;
              long timestampMs = records.get(i).timestamp();
              holds("a record without a timestamp gets the time it was sent", timestampMs >= startMs - 1000);
            }
          });
    }
    check("spreads records over 100 partitions, each in order", () -> manyPartitions(session, cases));
  }

  static void readOthers(Session session, Cases cases, List<Cases.Written> topics) {
    for (Cases.Written written : topics) {
      check(
          "reads " + written.codec() + " written by " + written.from(),
          () -> compare(cases.without(written.without()), session.readAll(written.topic())));
    }
  }

  private static void send(Session session, String topic, String codec, List<Case> cases) throws Exception {
    Map<String, String> settings = Map.of("compression.type", codec, "linger.ms", "20", "batch.size", "50000");
    try (KafkaProducer<byte[], byte[]> producer = session.producer(settings)) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Case one : cases) {
        RecordHeaders headers = new RecordHeaders();
        one.headers().forEach(header -> headers.add(header.key(), header.value()));
        sent.add(producer.send(new ProducerRecord<>(topic, 0, one.timestampMs(), one.key(), one.value(), headers)));
      }
      for (int i = 0; i < sent.size(); i++) equal("offset of record " + i, (long) i, sent.get(i).get().offset());
    }
  }

  private static void compare(List<Case> expected, List<ConsumerRecord<byte[], byte[]>> records) {
    equal("number of records", expected.size(), records.size());
    for (int i = 0; i < expected.size(); i++) {
      Case one = expected.get(i);
      ConsumerRecord<byte[], byte[]> record = records.get(i);
      equal(one.name() + ": offset", (long) i, record.offset());
      holds(one.name() + ": key", Arrays.equals(one.key(), record.key()));
      holds(one.name() + ": value", Arrays.equals(one.value(), record.value()));
      if (one.timestampMs() != null) equal(one.name() + ": timestamp", one.timestampMs(), record.timestamp());
      List<Header> headers =
          StreamSupport.stream(record.headers().spliterator(), false).map(header -> new Header(header.key(), header.value())).toList();
      equal(one.name() + ": headers", describe(one.headers()), describe(headers));
    }
  }

  private static List<String> describe(List<Header> headers) {
    return headers.stream().map(header -> header.key() + "=" + Arrays.toString(header.value())).toList();
  }

  private static void manyPartitions(Session session, Cases cases) throws Exception {
    String topic = session.newTopic(cases.partitions, Map.of());
    try (KafkaProducer<byte[], byte[]> producer = session.producer(Map.of())) {
      for (int i = 0; i < cases.recordsPerPartition; i++) {
        for (int partition = 0; partition < cases.partitions; partition++) {
          producer.send(new ProducerRecord<>(topic, partition, null, (partition + ":" + i).getBytes()));
        }
      }
    }
    List<TopicPartition> partitions = IntStream.range(0, cases.partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    Map<Integer, Integer> next = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of())) {
      for (ConsumerRecord<byte[], byte[]> record : Session.readAll(consumer, partitions)) {
        int index = next.merge(record.partition(), 1, Integer::sum) - 1;
        equal("record of partition " + record.partition(), record.partition() + ":" + index, new String(record.value()));
      }
    }
    equal("partitions read", cases.partitions, next.size());
    next.forEach((partition, count) -> equal("records of partition " + partition, cases.recordsPerPartition, count));
  }
}
