package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Configurations of topics and of the broker: read, set, appended to, reset. */
final class ConfigAdminChecks {
  private ConfigAdminChecks() {}

  static void run(Session session) {
    check("describes a topic's configs with sources, types and documentation", () -> describesTopic(session));
    check("describes the broker's configs", () -> describesBroker(session));
    check("sets, appends, subtracts and deletes topic configs", () -> alters(session));
    check("validates a change without making it", () -> validates(session));
    check("sets and deletes a broker-wide default", () -> altersBroker(session));
    check("refuses a config that does not exist", () -> refuses(session, "no.such.config", "1", InvalidConfigurationException.class));
    check("refuses a value of the wrong type", () -> refuses(session, "retention.ms", "soon", InvalidConfigurationException.class));
    check("refuses a value out of range", () -> refuses(session, "min.insync.replicas", "0", InvalidConfigurationException.class));
    check("refuses the same config twice in a change", () -> refusesTwice(session));
    check("refuses configs of a topic that does not exist", () -> refusesUnknown(session));
    check("lists config resources", () -> lists(session));
  }

  private static ConfigResource topic(String name) {
    return new ConfigResource(ConfigResource.Type.TOPIC, name);
  }

  private static Config describe(Session session, ConfigResource resource) throws Exception {
    return session.admin.describeConfigs(List.of(resource)).all().get().get(resource);
  }

  private static void alter(Session session, ConfigResource resource, OpType type, String name, String value) throws Exception {
    Collection<AlterConfigOp> changes = List.of(new AlterConfigOp(new ConfigEntry(name, value), type));
    session.admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
  }

  /** A change reaches the broker's own view a moment after the controller's answer. */
  private static void awaitValue(Session session, ConfigResource resource, String name, String expected) throws Exception {
    for (int attempt = 0; attempt < 100; attempt++) {
      if (expected.equals(describe(session, resource).get(name).value())) return;
      Thread.sleep(50);
    }
    equal(name, expected, describe(session, resource).get(name).value());
  }

  private static void describesTopic(Session session) throws Exception {
    ConfigResource resource = topic(session.newTopic(1, Map.of("retention.ms", "86400000")));
    DescribeConfigsOptions options = new DescribeConfigsOptions().includeDocumentation(true).includeSynonyms(true);
    Config config = session.admin.describeConfigs(List.of(resource), options).all().get().get(resource);
    ConfigEntry retention = config.get("retention.ms");
    equal("value", "86400000", retention.value());
    equal("source", ConfigSource.DYNAMIC_TOPIC_CONFIG, retention.source());
    equal("type", ConfigEntry.ConfigType.LONG, retention.type());
    holds("is documented", retention.documentation() != null && retention.documentation().length() > 20);
    equal("synonym", "retention.ms", retention.synonyms().get(0).name());
    equal("the broker's synonym", "log.cleanup.policy", config.get("cleanup.policy").synonyms().get(0).name());
    ConfigEntry policy = config.get("cleanup.policy");
    equal("default", "delete", policy.value());
    equal("default's source", ConfigSource.DEFAULT_CONFIG, policy.source());
    equal("type of a list", ConfigEntry.ConfigType.LIST, policy.type());
    Set<String> names = config.entries().stream().map(ConfigEntry::name).collect(Collectors.toSet());
    for (String name : List.of("compression.type", "max.message.bytes", "message.timestamp.type", "min.insync.replicas",
        "segment.bytes", "retention.bytes", "delete.retention.ms", "unclean.leader.election.enable")) {
      holds("has " + name, names.contains(name));
    }
    Config one = session.admin.describeConfigs(List.of(resource)).all().get().get(resource);
    equal("no documentation unless asked for", null, one.get("retention.ms").documentation());
  }

  private static void describesBroker(Session session) throws Exception {
    String node = session.admin.describeCluster().controller().get().idString();
    Config config = describe(session, new ConfigResource(ConfigResource.Type.BROKER, node));
    equal("node.id", node, config.get("node.id").value());
    equal("node.id is read-only", true, config.get("node.id").isReadOnly());
    equal("message.max.bytes", "1048588", config.get("message.max.bytes").value());
    equal("message.max.bytes can be changed", false, config.get("message.max.bytes").isReadOnly());
    equal("passwords are hidden", null, config.get("ssl.keystore.password").value());
    equal("passwords are sensitive", true, config.get("ssl.keystore.password").isSensitive());
  }

  private static void alters(Session session) throws Exception {
    ConfigResource resource = topic(session.newTopic());
    alter(session, resource, OpType.SET, "max.message.bytes", "5000");
    awaitValue(session, resource, "max.message.bytes", "5000");
    alter(session, resource, OpType.APPEND, "cleanup.policy", "compact");
    awaitValue(session, resource, "cleanup.policy", "delete,compact");
    alter(session, resource, OpType.SUBTRACT, "cleanup.policy", "delete");
    awaitValue(session, resource, "cleanup.policy", "compact");
    alter(session, resource, OpType.DELETE, "cleanup.policy", "");
    awaitValue(session, resource, "cleanup.policy", "delete");
    equal("the other change stays", "5000", describe(session, resource).get("max.message.bytes").value());
  }

  private static void validates(Session session) throws Exception {
    ConfigResource resource = topic(session.newTopic());
    Collection<AlterConfigOp> changes = List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "5000"), OpType.SET));
    session.admin.incrementalAlterConfigs(Map.of(resource, changes), new AlterConfigsOptions().validateOnly(true)).all().get();
    equal("max.message.bytes", "1048588", describe(session, resource).get("max.message.bytes").value());
  }

  private static void altersBroker(Session session) throws Exception {
    ConfigResource everyBroker = new ConfigResource(ConfigResource.Type.BROKER, "");
    ConfigResource topic = topic(session.newTopic());
    alter(session, everyBroker, OpType.SET, "log.segment.bytes", "104857600");
    awaitValue(session, topic, "segment.bytes", "104857600");
    equal("source", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, describe(session, topic).get("segment.bytes").source());
    alter(session, everyBroker, OpType.DELETE, "log.segment.bytes", "");
    awaitValue(session, topic, "segment.bytes", "1073741824");
    fails(InvalidRequestException.class, () -> alter(session, everyBroker, OpType.SET, "node.id", "7"));
  }

  private static void refuses(Session session, String name, String value, Class<? extends Throwable> expected) throws Exception {
    ConfigResource resource = topic(session.newTopic());
    fails(expected, () -> alter(session, resource, OpType.SET, name, value));
  }

  private static void refusesTwice(Session session) throws Exception {
    ConfigResource resource = topic(session.newTopic());
    Collection<AlterConfigOp> changes = List.of(
        new AlterConfigOp(new ConfigEntry("retention.ms", "1"), OpType.SET),
        new AlterConfigOp(new ConfigEntry("retention.ms", "2"), OpType.SET));
    fails(InvalidRequestException.class, () -> session.admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get());
  }

  private static void refusesUnknown(Session session) {
    ConfigResource resource = topic(session.name("unknown"));
    fails(UnknownTopicOrPartitionException.class, () -> describe(session, resource));
    fails(UnknownTopicOrPartitionException.class, () -> alter(session, resource, OpType.SET, "retention.ms", "1"));
  }

  private static void lists(Session session) throws Exception {
    String name = session.newTopic();
    Collection<ConfigResource> topics =
        session.admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions()).all().get();
    holds("the topic is listed", topics.contains(topic(name)));
    Collection<ConfigResource> all = session.admin.listConfigResources().all().get();
    holds("the broker is listed", all.stream().anyMatch(resource -> resource.type() == ConfigResource.Type.BROKER));
  }
}
