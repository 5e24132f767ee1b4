// What Kafka's own clients say to a broker: administration, producing (plain, idempotent, transactional), and consuming in
// classic, consumer and share groups. Run with Kafka's jars on the class path: java -cp "libs/*" KafkaTraffic.java HOST:PORT

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.acl.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.*;
import org.apache.kafka.common.resource.*;
import org.apache.kafka.common.serialization.*;

public class KafkaTraffic {
  private static String bootstrap;

  private interface Step {
    Object run() throws Exception;
  }

  /** Some steps are refused; the refusal is what we are after as well. */
  private static void step(String name, Step step) {
    try {
      Object result = step.run();
      if (result instanceof KafkaFuture<?> future) future.get(10, TimeUnit.SECONDS);
      System.err.println("done " + name);
    } catch (Exception | NoSuchMethodError error) {
      System.err.println("refused " + name + ": " + error.getMessage());
    }
  }

  private static Map<String, Object> configs(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "client.id", "recorder"));
    all.putAll(more);
    return all;
  }

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    try (Admin admin = Admin.create(configs(Map.of()))) {
      topics(admin);
      produce();
      consume("classic");
      consume("consumer");
      share(admin);
      describe(admin);
      alter(admin);
      forget(admin);
    }
  }

  private static void topics(Admin admin) {
    step("create", () -> admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1).configs(Map.of("retention.ms", "600000")), new NewTopic("payments", 1, (short) 1))).all());
    step("create again", () -> admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all());
    step("create partitions", () -> admin.createPartitions(Map.of("payments", NewPartitions.increaseTo(2))).all());
    step("list", () -> admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    step("describe topics", () -> admin.describeTopics(List.of("orders", "payments")).allTopicNames());
    step("describe absent", () -> admin.describeTopics(List.of("absent")).allTopicNames());
  }

  private static void produce() {
    for (Map<String, Object> variant : List.<Map<String, Object>>of(Map.of("acks", "1", "enable.idempotence", false), Map.of("compression.type", "gzip"))) {
      try (Producer<String, String> producer = new KafkaProducer<>(configs(variant), new StringSerializer(), new StringSerializer())) {
        step("produce", () -> producer.send(new ProducerRecord<>("orders", 0, "key", "value")).get(10, TimeUnit.SECONDS));
      }
    }
    Map<String, Object> transactional = configs(Map.of("transactional.id", "transfer"));
    try (Producer<String, String> producer = new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      for (boolean commit : new boolean[] {true, false}) {
        step("transaction", () -> {
          producer.beginTransaction();
          producer.send(new ProducerRecord<>("orders", 1, "key", "value")).get(10, TimeUnit.SECONDS);
          producer.sendOffsetsToTransaction(Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1, "half")), new ConsumerGroupMetadata("transfers"));
          if (commit) producer.commitTransaction();
          else producer.abortTransaction();
          return null;
        });
      }
    }
  }

  private static void consume(String protocol) {
    Map<String, Object> group = configs(Map.of("group.id", "group-" + protocol, "group.protocol", protocol, "auto.offset.reset", "earliest", "isolation.level", "read_committed"));
    try (Consumer<String, String> consumer = new KafkaConsumer<>(group, new StringDeserializer(), new StringDeserializer())) {
      step("consume " + protocol, () -> {
        consumer.subscribe(List.of("orders"));
        int count = 0;
        for (int round = 0; round < 40 && count < 3; round++) count += consumer.poll(Duration.ofMillis(250)).count();
        consumer.commitSync();
        Set<TopicPartition> assigned = consumer.assignment();
        consumer.beginningOffsets(assigned);
        consumer.endOffsets(assigned);
        consumer.offsetsForTimes(Map.of(new TopicPartition("orders", 0), 1L));
        return consumer.committed(assigned);
      });
    }
  }

  private static void share(Admin admin) {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "group-share");
    step("share from the start", () -> admin.incrementalAlterConfigs(Map.of(group, List.<AlterConfigOp>of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET)))).all());
    try (ShareConsumer<String, String> consumer = new KafkaShareConsumer<>(configs(Map.of("group.id", "group-share", "share.acknowledgement.mode", "explicit")), new StringDeserializer(), new StringDeserializer())) {
      step("share", () -> {
        consumer.subscribe(List.of("orders"));
        for (int round = 0, count = 0; round < 40 && count < 2; round++) {
          for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(250))) {
            consumer.acknowledge(record, AcknowledgeType.ACCEPT);
            count++;
          }
        }
        return consumer.commitSync();
      });
    }
  }

  private static void describe(Admin admin) {
    Collection<String> groups = List.of("group-consumer");
    step("cluster", () -> admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true)).nodes());
    step("features", () -> admin.describeFeatures().featureMetadata());
    step("quorum", () -> admin.describeMetadataQuorum().quorumInfo());
    step("log dirs", () -> admin.describeLogDirs(List.of(1)).allDescriptions());
    step("groups", () -> admin.listGroups().all());
    step("classic groups", () -> admin.describeClassicGroups(List.of("group-classic")).all());
    step("consumer groups", () -> admin.describeConsumerGroups(groups).all());
    step("share groups", () -> admin.describeShareGroups(List.of("group-share")).all());
    step("streams groups", () -> admin.describeStreamsGroups(List.of("group-streams")).all());
    step("group offsets", () -> admin.listConsumerGroupOffsets("group-consumer").all());
    step("share offsets", () -> admin.listShareGroupOffsets(Map.of("group-share", new ListShareGroupOffsetsSpec())).all());
    step("offsets", () -> admin.listOffsets(Map.of(new TopicPartition("orders", 0), OffsetSpec.maxTimestamp())).all());
    step("producers", () -> admin.describeProducers(List.of(new TopicPartition("orders", 1))).all());
    step("transactions", () -> admin.listTransactions().all());
    step("transaction", () -> admin.describeTransactions(List.of("transfer")).all());
    step("reassignments", () -> admin.listPartitionReassignments().reassignments());
    step("configs", () -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, "payments"))).all());
    step("config resources", () -> admin.listConfigResources().all());
    step("acls", () -> admin.describeAcls(AclBindingFilter.ANY).values());
    step("quotas", () -> admin.describeClientQuotas(ClientQuotaFilter.all()).entities());
    step("scram", () -> admin.describeUserScramCredentials().all());
    step("tokens", () -> admin.describeDelegationToken().delegationTokens());
  }

  private static void alter(Admin admin) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "payments");
    TopicPartition partition = new TopicPartition("orders", 0);
    ClientQuotaEntity user = new ClientQuotaEntity(Map.of("user", "ada"));
    AclBinding acl = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.PREFIXED), new AccessControlEntry("User:ada", "*", AclOperation.READ, AclPermissionType.ALLOW));
    step("set config", () -> admin.incrementalAlterConfigs(Map.of(topic, List.<AlterConfigOp>of(new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET)))).all());
    step("set quota", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e6))))).all());
    step("quotas of", () -> admin.describeClientQuotas(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntity("user", "ada")))).entities());
    step("set scram", () -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("ada", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret"))).all());
    step("scram of", () -> admin.describeUserScramCredentials(List.of("ada", "eve")).all());
    step("create acl", () -> admin.createAcls(List.of(acl)).all());
    step("delete acl", () -> admin.deleteAcls(List.of(acl.toFilter())).all());
    step("create token", () -> admin.createDelegationToken().delegationToken());
    step("renew token", () -> admin.renewDelegationToken(new byte[] {1, 2, 3}).expiryTimestamp());
    step("expire token", () -> admin.expireDelegationToken(new byte[] {1, 2, 3}).expiryTimestamp());
    step("elect", () -> admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).all());
    step("reassign", () -> admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(1))))).all());
    step("move log dir", () -> admin.alterReplicaLogDirs(Map.of(new TopicPartitionReplica("orders", 0, 1), "/absent")).all());
    step("features", () -> admin.updateFeatures(Map.of("share.version", new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)), new UpdateFeaturesOptions().validateOnly(true)).all());
    step("alter offsets", () -> admin.alterConsumerGroupOffsets("group-consumer", Map.of(partition, new OffsetAndMetadata(0))).all());
    step("alter share offsets", () -> admin.alterShareGroupOffsets("group-share", Map.of(partition, 0L)).all());
  }

  private static void forget(Admin admin) {
    TopicPartition partition = new TopicPartition("orders", 0);
    step("delete records", () -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all());
    step("abort", () -> admin.abortTransaction(new AbortTransactionSpec(partition, 5, (short) 0, 0)).all());
    step("delete offsets", () -> admin.deleteConsumerGroupOffsets("group-consumer", Set.of(partition)).all());
    step("delete share offsets", () -> admin.deleteShareGroupOffsets("group-share", Set.of("orders")).all());
    step("delete groups", () -> admin.deleteConsumerGroups(List.of("group-classic", "absent")).all());
    step("delete topics", () -> admin.deleteTopics(List.of("payments", "absent")).all());
  }
}
