package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The cluster as the AdminClient sees it: brokers, features, quorum, producers, log directories, elections, reassignments. */
final class ClusterAdminChecks {
  private ClusterAdminChecks() {}

  static void run(Session session) {
    check("describes the cluster", () -> describesCluster(session));
    check("describes features", () -> describesFeatures(session));
    check("describes the metadata quorum", () -> describesQuorum(session));
    check("describes the producers of a partition", () -> describesProducers(session));
    check("describes log directories", () -> describesLogDirs(session));
    check("answers an election that is not needed", () -> elects(session));
    check("lists and refuses reassignments", () -> reassigns(session));
  }

  private static Node node(Session session) throws Exception {
    return session.admin.describeCluster().nodes().get().iterator().next();
  }

  /** Bytes of partition 0 as DescribeLogDirs tells them. */
  static long sizeOf(Session session, String topic) throws Exception {
    int id = node(session).id();
    Map<String, LogDirDescription> directories = session.admin.describeLogDirs(List.of(id)).allDescriptions().get().get(id);
    return directories.values().stream()
        .flatMap(directory -> directory.replicaInfos().entrySet().stream())
        .filter(entry -> entry.getKey().equals(new TopicPartition(topic, 0)))
        .mapToLong(entry -> entry.getValue().size())
        .sum();
  }

  private static void describesCluster(Session session) throws Exception {
    DescribeClusterResult cluster = session.admin.describeCluster();
    holds("has a cluster id", cluster.clusterId().get().length() > 0);
    holds("has nodes", !cluster.nodes().get().isEmpty());
    Node controller = cluster.controller().get();
    holds("the controller is one of the nodes", cluster.nodes().get().contains(controller));
    equal("the address is the one we use", session.broker, controller.host() + ":" + controller.port());
  }

  private static void describesFeatures(Session session) throws Exception {
    FeatureMetadata features = session.admin.describeFeatures().featureMetadata().get();
    holds("metadata.version is finalized", features.finalizedFeatures().containsKey("metadata.version"));
    holds("metadata.version is supported", features.supportedFeatures().containsKey("metadata.version"));
    short finalized = features.finalizedFeatures().get("metadata.version").maxVersionLevel();
    holds("it is within what is supported", finalized <= features.supportedFeatures().get("metadata.version").maxVersion());
  }

  private static void describesQuorum(Session session) throws Exception {
    QuorumInfo quorum = session.admin.describeMetadataQuorum().quorumInfo().get();
    holds("has voters", !quorum.voters().isEmpty());
    holds("the leader is a voter", quorum.voters().stream().anyMatch(voter -> voter.replicaId() == quorum.leaderId()));
    holds("has a high watermark", quorum.highWatermark() >= 0);
  }

  private static void describesProducers(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    session.fill(partition.topic(), 0, 20);
    PartitionProducerState state = session.admin.describeProducers(List.of(partition)).partitionResult(partition).get();
    equal("producers", 1, state.activeProducers().size());
    ProducerState producer = state.activeProducers().get(0);
    equal("last sequence", 19, producer.lastSequence());
    equal("epoch", 0, producer.producerEpoch());
    equal("no transaction", true, producer.currentTransactionStartOffset().isEmpty());
    holds("has a producer id", producer.producerId() >= 0);
  }

  private static void describesLogDirs(Session session) throws Exception {
    String topic = session.newTopic();
    long before = sizeOf(session, topic);
    session.fill(topic, 0, 20);
    holds("the size grows with what is written", sizeOf(session, topic) > before);
    LogDirDescription directory = session.admin.describeLogDirs(List.of(node(session).id())).allDescriptions().get()
        .values().iterator().next().values().iterator().next();
    equal("no error", null, directory.error());
    holds("knows the volume's size", directory.totalBytes().orElse(0) > 0);
    holds("knows the volume's free space", directory.usableBytes().orElse(0) > 0);
  }

  private static void elects(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    for (ElectionType type : ElectionType.values()) {
      Optional<Throwable> outcome = session.admin.electLeaders(type, Set.of(partition)).partitions().get().get(partition);
      equal("the outcome of " + type, ElectionNotNeededException.class, outcome.map(Object::getClass).orElse(null));
    }
    TopicPartition unknown = new TopicPartition(session.name("unknown"), 0);
    Optional<Throwable> outcome = session.admin.electLeaders(ElectionType.PREFERRED, Set.of(unknown)).partitions().get().get(unknown);
    equal("of an unknown partition", UnknownTopicOrPartitionException.class, outcome.map(Object::getClass).orElse(null));
  }

  private static void reassigns(Session session) throws Exception {
    TopicPartition partition = new TopicPartition(session.newTopic(), 0);
    equal("none at first", Map.of(), session.admin.listPartitionReassignments().reassignments().get());
    int id = node(session).id();
    session.admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(id))))).all().get();
    equal("to where it is: nothing to do", Map.of(), session.admin.listPartitionReassignments(Set.of(partition)).reassignments().get());
    fails(NoReassignmentInProgressException.class,
        () -> session.admin.alterPartitionReassignments(Map.of(partition, Optional.empty())).all().get());
    fails(InvalidReplicaAssignmentException.class, () -> session.admin.alterPartitionReassignments(
        Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(4711))))).all().get());
    TopicPartition unknown = new TopicPartition(session.name("unknown"), 0);
    fails(UnknownTopicOrPartitionException.class, () -> session.admin.alterPartitionReassignments(
        Map.of(unknown, Optional.of(new NewPartitionReassignment(List.of(id))))).all().get());
  }
}
