package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Tools.contains;
import static conformance.Tools.tool;
import static conformance.Tools.with;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Kafka's command-line tools, run as they are inside this JVM. */
final class ToolChecks {
  private ToolChecks() {}

  static void run(Session session) {
    check("TopicCommand creates, lists, describes, alters and deletes", () -> topics(session));
    check("ConfigCommand alters and describes", () -> configs(session));
    check("ProducerPerformance writes 20,000 records", () -> performance(session));
    check("ConsoleProducer and ConsoleConsumer, one partition, no group", () -> console(session));
    check("GetOffsetShell", () -> offsets(session));
    check("DeleteRecordsCommand", () -> deleteRecords(session));
    check("LogDirsCommand", () -> logDirs(session));
    check("LeaderElectionCommand", () -> elections(session));
    check("FeatureCommand describe", () -> features(session));
    check("MetadataQuorumCommand describe --status", () -> quorum(session));
    check("BrokerApiVersionsCommand", () -> versions(session));
  }

  private static void topics(Session session) throws Exception {
    String name = session.name("tool");
    Tools.Tool command = org.apache.kafka.tools.TopicCommand::main;
    String broker = session.broker;
    contains(tool(command, "--bootstrap-server", broker, "--create", "--topic", name, "--partitions", "2", "--replication-factor", "1",
        "--config", "retention.ms=600000"), "Created topic " + name);
    contains(tool(command, "--bootstrap-server", broker, "--list"), name);
    contains(tool(command, "--bootstrap-server", broker, "--describe", "--topic", name),
        "PartitionCount: 2", "retention.ms=600000", "Partition: 1", "Isr: ");
    tool(command, "--bootstrap-server", broker, "--alter", "--topic", name, "--partitions", "4");
    contains(tool(command, "--bootstrap-server", broker, "--describe", "--topic", name), "PartitionCount: 4");
    tool(command, "--bootstrap-server", broker, "--create", "--if-not-exists", "--topic", name);
    tool(command, "--bootstrap-server", broker, "--delete", "--topic", name);
    tool(command, "--bootstrap-server", broker, "--delete", "--if-exists", "--topic", session.name("unknown"));
  }

  private static void configs(Session session) throws Exception {
    String name = session.newTopic();
    Tools.Tool command = kafka.admin.ConfigCommand::main;
    String[] entity = {"--bootstrap-server", session.broker, "--entity-type", "topics", "--entity-name", name};
    tool(command, with(entity, "--alter", "--add-config", "max.message.bytes=70000,cleanup.policy=[compact,delete]"));
    contains(tool(command, with(entity, "--describe")), "max.message.bytes=70000", "cleanup.policy=compact,delete");
    tool(command, with(entity, "--alter", "--delete-config", "max.message.bytes"));
    contains(tool(command, with(entity, "--describe", "--all")), "max.message.bytes=1048588");
    contains(tool(command, "--bootstrap-server", session.broker, "--describe", "--entity-type", "brokers", "--all"), "num.partitions=1");
  }

  private static void performance(Session session) throws Exception {
    String name = session.newTopic(3, Map.of());
    contains(tool(org.apache.kafka.tools.ProducerPerformance::main, "--topic", name, "--num-records", "20000", "--record-size", "200",
        "--throughput", "-1", "--bootstrap-server", session.broker), "20000 records sent");
    String offsets = tool(org.apache.kafka.tools.GetOffsetShell::main, "--bootstrap-server", session.broker, "--topic", name);
    int total = offsets.lines().mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1))).sum();
    equal("end offsets", 20_000, total);
  }

  private static void console(Session session) throws Exception {
    String name = session.newTopic();
    InputStream lines = new ByteArrayInputStream("a\tone\nb\ttwo\n".getBytes(StandardCharsets.UTF_8));
    tool(org.apache.kafka.tools.ConsoleProducer::main, lines, "--bootstrap-server", session.broker, "--topic", name,
        "--reader-property", "parse.key=true", "--compression-codec", "gzip");
    String text = tool(org.apache.kafka.tools.consumer.ConsoleConsumer::main, "--bootstrap-server", session.broker, "--topic", name,
        "--partition", "0", "--offset", "earliest", "--max-messages", "2", "--timeout-ms", "10000",
        "--formatter-property", "print.key=true", "--formatter-property", "print.offset=true");
    contains(text, "Offset:0\ta\tone", "Offset:1\tb\ttwo");
  }

  private static void offsets(Session session) throws Exception {
    String name = session.newTopic();
    session.fill(name, 0, 6);
    Tools.Tool command = org.apache.kafka.tools.GetOffsetShell::main;
    for (String[] expected : new String[][] {{"latest", "6"}, {"earliest", "0"}, {"max-timestamp", "5"}, {"2500", "2"}}) {
      contains(tool(command, "--bootstrap-server", session.broker, "--topic", name, "--time", expected[0]), name + ":0:" + expected[1]);
    }
  }

  private static void deleteRecords(Session session) throws Exception {
    String name = session.newTopic();
    session.fill(name, 0, 6);
    Path file = Files.createTempFile("delete-records", ".json");
    try {
      Files.writeString(file, "{\"version\":1,\"partitions\":[{\"topic\":\"" + name + "\",\"partition\":0,\"offset\":4}]}");
      contains(tool(org.apache.kafka.tools.DeleteRecordsCommand::main, "--bootstrap-server", session.broker, "--offset-json-file",
          file.toString()), "low_watermark: 4");
    } finally {
      Files.delete(file);
    }
  }

  private static void logDirs(Session session) throws Exception {
    String name = session.newTopic();
    contains(tool(org.apache.kafka.tools.LogDirsCommand::main, "--bootstrap-server", session.broker, "--describe", "--topic-list", name),
        "\"partition\":\"" + name + "-0\"");
  }

  private static void elections(Session session) throws Exception {
    String name = session.newTopic();
    contains(tool(org.apache.kafka.tools.LeaderElectionCommand::main, "--bootstrap-server", session.broker, "--election-type", "preferred",
        "--topic", name, "--partition", "0"), "Valid replica already elected for partitions " + name + "-0");
  }

  private static void features(Session session) throws Exception {
    contains(tool(org.apache.kafka.tools.FeatureCommand::main, "--bootstrap-server", session.broker, "describe"),
        "Feature: metadata.version", "SupportedMaxVersion: 4.3-IV", "FinalizedVersionLevel: 4.3-IV");
  }

  private static void quorum(Session session) throws Exception {
    contains(tool(org.apache.kafka.tools.MetadataQuorumCommand::main, "--bootstrap-server", session.broker, "describe", "--status"),
        "ClusterId:", "LeaderId:", "CurrentVoters:");
  }

  private static void versions(Session session) throws Exception {
    contains(tool(org.apache.kafka.tools.BrokerApiVersionsCommand::main, "--bootstrap-server", session.broker), "Produce(0): ", "Fetch(1): ");
  }
}
