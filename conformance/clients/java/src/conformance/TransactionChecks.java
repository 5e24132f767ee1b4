package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;
import static conformance.Tools.contains;
import static conformance.Tools.tool;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/** Transactions: all or nothing for readers of what is committed, one producer of a name at a time, offsets that go with the records. */
final class TransactionChecks {
  private static final Map<String, String> COMMITTED = Map.of("isolation.level", "read_committed");
  private static final int PARTITIONS = 3;

  private TransactionChecks() {}

  static void run(Session session) {
    check("commits and aborts transactions over several partitions", () -> committedAndAborted(session));
    check("shows nothing of an open transaction to readers of what is committed", () -> open(session));
    check("fences a transactional producer by the next of its name", () -> fenced(session));
    check("aborts a transaction when its time is up", () -> timedOut(session));
    check("refuses a transaction time-out above transaction.max.timeout.ms", () -> tooLong(session));
    check("commits offsets with a transaction, and not with one that is aborted", () -> offsets(session));
    check("describes and lists transactions", () -> described(session));
    check("aborts a transaction for an administrator", () -> abortedByAdmin(session));
    check("TransactionsCommand lists, describes and finds what hangs", () -> command(session));
  }

  private static KafkaProducer<byte[], byte[]> transactional(Session session, String id, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("transactional.id", session.name(id));
    KafkaProducer<byte[], byte[]> producer = session.producer(all);
    producer.initTransactions();
    return producer;
  }

  private static void committedAndAborted(Session session) throws Exception {
    String topic = session.newTopic(PARTITIONS, Map.of());
    try (KafkaProducer<byte[], byte[]> producer = transactional(session, "several", Map.of())) {
      for (int i = 0; i < 30; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 10; j++) producer.send(record(topic, j % PARTITIONS, i + "/" + j));
        producer.flush();
        if (i % 3 == 1) producer.abortTransaction();
        else producer.commitTransaction();
      }
    }
    List<String> expected =
        IntStream.range(0, 30).filter(i -> i % 3 != 1).boxed()
            .flatMap(i -> IntStream.range(0, 10).mapToObj(j -> i + "/" + j)).sorted().toList();
    equal("committed", expected, values(session, topic, PARTITIONS, COMMITTED).stream().sorted().toList());
    equal("all", 300, values(session, topic, PARTITIONS, Map.of()).size());
  }

  private static void open(Session session) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 1);
    try (KafkaProducer<byte[], byte[]> producer = transactional(session, "open", Map.of());
        KafkaConsumer<byte[], byte[]> consumer = session.consumer(COMMITTED)) {
      producer.beginTransaction();
      producer.send(record(topic, 0, "open")).get();
      session.fill(topic, 0, 1);
      TopicPartition partition = new TopicPartition(topic, 0);
      equal("end of what is committed", 1L, consumer.endOffsets(List.of(partition)).get(partition));
      equal("read", 1, values(session, topic, 1, COMMITTED).size());
      equal("read uncommitted", 3, values(session, topic, 1, Map.of()).size());
      producer.commitTransaction();
    }
    awaitCount(session, topic, 3);
  }

  private static void fenced(Session session) throws Exception {
    String topic = session.newTopic();
    KafkaProducer<byte[], byte[]> zombie = transactional(session, "fenced", Map.of());
    zombie.beginTransaction();
    zombie.send(record(topic, 0, "of the zombie")).get();
    try (KafkaProducer<byte[], byte[]> heir = transactional(session, "fenced", Map.of())) {
      fails(ProducerFencedException.class, zombie::commitTransaction);
      zombie.close(Duration.ZERO);
      heir.beginTransaction();
      heir.send(record(topic, 0, "of the heir"));
      heir.commitTransaction();
    }
    awaitCount(session, topic, 1);
    equal("committed", List.of("of the heir"), values(session, topic, 1, COMMITTED));
  }

  private static void timedOut(Session session) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 1);
    KafkaProducer<byte[], byte[]> producer = transactional(session, "late", Map.of("transaction.timeout.ms", "1000"));
    producer.beginTransaction();
    producer.send(record(topic, 0, "late")).get();
    // Kafka looks for those every ten seconds.
    awaitState(session, "late", TransactionState.COMPLETE_ABORT, 30);
    try {
      producer.commitTransaction();
      throw new AssertionError("it was committed after its time");
    } catch (RuntimeException expected) {
      holds("nothing of it is committed", values(session, topic, 1, COMMITTED).size() == 1);
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  private static void tooLong(Session session) {
    Map<String, String> settings = Map.of("transactional.id", session.name("long"), "transaction.timeout.ms", "900001");
    try (KafkaProducer<byte[], byte[]> producer = session.producer(settings)) {
      Throwable failure = fails(KafkaException.class, producer::initTransactions);
      holds(failure.getMessage(), failure.getMessage().contains("transaction.max.timeout.ms"));
    }
  }

  private static void offsets(Session session) throws Exception {
    String topic = session.newTopic();
    String group = session.name("of-transactions");
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaProducer<byte[], byte[]> producer = transactional(session, "offsets", Map.of());
        KafkaConsumer<byte[], byte[]> consumer = session.consumer(Map.of("group.id", group))) {
      ConsumerGroupMetadata metadata = consumer.groupMetadata();
      producer.beginTransaction();
      producer.send(record(topic, 0, "a"));
      producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(7)), metadata);
      producer.commitTransaction();
      equal("committed", 7L, consumer.committed(Set.of(partition)).get(partition).offset());
      producer.beginTransaction();
      producer.send(record(topic, 0, "b"));
      producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(9)), metadata);
      producer.abortTransaction();
      equal("still", 7L, consumer.committed(Set.of(partition)).get(partition).offset());
    }
  }

  private static void described(Session session) throws Exception {
    String topic = session.newTopic();
    String id = session.name("described");
    try (KafkaProducer<byte[], byte[]> producer = transactional(session, "described", Map.of("transaction.timeout.ms", "45000"))) {
      producer.beginTransaction();
      producer.send(record(topic, 0, "a")).get();
      TransactionDescription description = describe(session, "described");
      equal("state", TransactionState.ONGOING, description.state());
      equal("time-out", 45_000L, description.transactionTimeoutMs());
      equal("partitions", Set.of(new TopicPartition(topic, 0)), description.topicPartitions());
      holds("it is listed", session.admin.listTransactions().all().get().stream().anyMatch(one -> one.transactionalId().equals(id)));
      TopicPartition partition = new TopicPartition(topic, 0);
      var producers = session.admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers();
      equal("where it began", 0L, producers.get(0).currentTransactionStartOffset().getAsLong());
      producer.commitTransaction();
    }
    awaitState(session, "described", TransactionState.COMPLETE_COMMIT, 10);
  }

  private static void abortedByAdmin(Session session) throws Exception {
    String topic = session.newTopic();
    KafkaProducer<byte[], byte[]> producer = transactional(session, "forced", Map.of());
    producer.beginTransaction();
    producer.send(record(topic, 0, "a")).get();
    session.admin.forceTerminateTransaction(session.name("forced")).result().get();
    awaitState(session, "forced", TransactionState.EMPTY, 10);
    equal("committed", List.of(), values(session, topic, 1, COMMITTED));
    producer.close(Duration.ZERO);
  }

  private static void command(Session session) throws Exception {
    String topic = session.newTopic();
    String id = session.name("command");
    Tools.Tool command = org.apache.kafka.tools.TransactionsCommand::main;
    String broker = session.broker;
    try (KafkaProducer<byte[], byte[]> producer = transactional(session, "command", Map.of())) {
      producer.beginTransaction();
      producer.send(record(topic, 0, "a")).get();
      contains(tool(command, "--bootstrap-server", broker, "list"), id, "Ongoing");
      contains(tool(command, "--bootstrap-server", broker, "describe", "--transactional-id", id), topic + "-0", "Ongoing");
      contains(tool(command, "--bootstrap-server", broker, "describe-producers", "--topic", topic, "--partition", "0"), "CurrentTransactionStartOffset");
      tool(command, "--bootstrap-server", broker, "find-hanging", "--topic", topic);
      producer.commitTransaction();
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
    return new ProducerRecord<>(topic, partition, null, value.getBytes());
  }

  private static List<String> values(Session session, String topic, int partitions, Map<String, String> settings) {
    List<TopicPartition> all = IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
    try (KafkaConsumer<byte[], byte[]> consumer = session.consumer(settings)) {
      return Session.readAll(consumer, all).stream().map(ConsumerRecord::value).map(String::new).toList();
    }
  }

  /** Markers are written after the answer to the commit. */
  private static void awaitCount(Session session, String topic, int count) throws Exception {
    for (int attempt = 0; attempt < 100; attempt++) {
      if (values(session, topic, 1, COMMITTED).size() == count) return;
      Thread.sleep(50);
    }
    throw new AssertionError(count + " committed records did not come");
  }

  private static TransactionDescription describe(Session session, String id) throws Exception {
    return session.admin.describeTransactions(List.of(session.name(id))).description(session.name(id)).get();
  }

  private static void awaitState(Session session, String id, TransactionState state, int seconds) throws Exception {
    for (int attempt = 0; attempt < seconds * 20; attempt++) {
      if (describe(session, id).state() == state) return;
      Thread.sleep(50);
    }
    throw new AssertionError(id + " did not become " + state + ", but is " + describe(session, id).state());
  }
}
