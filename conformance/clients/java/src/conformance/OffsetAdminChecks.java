package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;

import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Offsets through the AdminClient: every kind of question, and records deleted from the front. */
final class OffsetAdminChecks {
  private OffsetAdminChecks() {}

  static void run(Session session) {
    check("answers every offset spec", () -> specs(session));
    check("answers every offset spec of an empty partition", () -> empty(session));
    check("finds the maximum timestamp where it is not the last", () -> maximum(session));
    check("deletes records up to an offset, and up to the end", () -> deletes(session));
    check("refuses to delete beyond the end", () -> beyond(session));
    check("refuses offsets of what does not exist", () -> unknown(session));
  }

  static long latest(Session session, String topic) throws Exception {
    return ask(session, new TopicPartition(topic, 0), OffsetSpec.latest()).offset();
  }

  static void deleteBefore(Session session, TopicPartition partition, long offset) throws Exception {
    session.admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all().get();
  }

  private static ListOffsetsResultInfo ask(Session session, TopicPartition partition, OffsetSpec spec) throws Exception {
    return session.admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get();
  }

  private static void expect(Session session, TopicPartition partition, OffsetSpec spec, long offset, long timestampMs)
      throws Exception {
    ListOffsetsResultInfo info = ask(session, partition, spec);
    String what = spec.getClass().getSimpleName();
    equal(what + ": offset", offset, info.offset());
    equal(what + ": timestamp", timestampMs, info.timestamp());
  }

  private static void specs(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 20);
    expect(session, partition, OffsetSpec.earliest(), 0, -1);
    expect(session, partition, OffsetSpec.latest(), 20, -1);
    expect(session, partition, OffsetSpec.maxTimestamp(), 19, 20_000);
    expect(session, partition, OffsetSpec.forTimestamp(4_500), 4, 5_000);
    expect(session, partition, OffsetSpec.forTimestamp(20_001), -1, -1);
    expect(session, partition, OffsetSpec.earliestLocal(), 0, -1);
    expect(session, partition, OffsetSpec.latestTiered(), -1, -1);
    expect(session, partition, OffsetSpec.earliestPendingUpload(), -1, -1);
  }

  private static void empty(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    expect(session, partition, OffsetSpec.earliest(), 0, -1);
    expect(session, partition, OffsetSpec.latest(), 0, -1);
    expect(session, partition, OffsetSpec.maxTimestamp(), -1, -1);
    expect(session, partition, OffsetSpec.forTimestamp(0), -1, -1);
  }

  private static void maximum(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 20);
    session.fill(partition.topic(), 0, 5);
    expect(session, partition, OffsetSpec.maxTimestamp(), 19, 20_000);
    expect(session, partition, OffsetSpec.forTimestamp(3_000), 2, 3_000);
  }

  private static void deletes(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 20);
    long low = session.admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(7)))
        .lowWatermarks().get(partition).get().lowWatermark();
    equal("low watermark", 7L, low);
    expect(session, partition, OffsetSpec.earliest(), 7, -1);
    equal("records left", 13, session.readAll(partition.topic()).size());
    deleteBefore(session, partition, 3);
    expect(session, partition, OffsetSpec.earliest(), 7, -1);
    deleteBefore(session, partition, -1);
    expect(session, partition, OffsetSpec.earliest(), 20, -1);
    expect(session, partition, OffsetSpec.latest(), 20, -1);
    equal("the next offset", 20L, session.fill(partition.topic(), 0, 1).get(0).offset());
  }

  private static void beyond(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 3);
    fails(OffsetOutOfRangeException.class, () -> deleteBefore(session, partition, 4));
  }

  private static void unknown(Session session) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 1);
    fails(UnknownTopicOrPartitionException.class,
        () -> ask(session, new TopicPartition(session.name("unknown"), 0), OffsetSpec.latest()));
  }
}
