package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.holds;
import static conformance.GroupMember.awaitRead;
import static conformance.GroupMember.awaitShares;
import static conformance.GroupMember.classic;
import static conformance.GroupMember.join;
import static conformance.GroupMember.next;
import static conformance.GroupMember.partitions;
import static conformance.Tools.contains;
import static conformance.Tools.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Kafka's command-line tools on groups. */
final class GroupToolChecks {
  private static final Tools.Tool GROUPS = org.apache.kafka.tools.consumer.group.ConsumerGroupCommand::main;

  private GroupToolChecks() {}

  static void run(Session session) {
    for (Map<String, String> protocol : List.of(classic("range"), next("uniform"))) {
      String name = protocol.get("group.protocol");
      check(name + ": ConsumerGroupCommand lists and describes", () -> describes(session, protocol));
    }
    check("ConsumerGroupCommand resets offsets, by every specification", () -> resets(session));
    check("ConsumerGroupCommand deletes offsets and groups", () -> deletes(session));
    check("GroupsCommand lists", () -> groups(session));
    for (String protocol : List.of("classic", "consumer")) {
      check(protocol + ": ConsumerPerformance reads 5,000 records", () -> performance(session, protocol));
      check(protocol + ": ConsoleConsumer in a group", () -> console(session, protocol));
      check(protocol + ": VerifiableConsumer reads and commits", () -> verifiable(session, protocol));
    }
  }

  private static String command(Session session, String... arguments) throws Exception {
    return tool(GROUPS, Tools.with(new String[] {"--bootstrap-server", session.broker}, arguments));
  }

  private static void describes(Session session, Map<String, String> protocol) throws Exception {
    String topic = session.newTopic(2, Map.of());
    String type = protocol.get("group.protocol").equals("classic") ? "Classic" : "Consumer";
    try (GroupMember member = join(session, topic, protocol, topic)) {
      awaitShares(partitions(topic, 2), member);
      session.fill(topic, 0, 4);
      awaitRead(4, member);
      GroupMember.await("it is listed as stable", () -> {
        String states = command(session, "--list", "--state", "stable").replaceAll(" +", " ");
        return states.contains(topic + " Stable");
      }, member);
      contains(command(session, "--list"), topic);
      contains(command(session, "--list", "--type").replaceAll(" +", " "), topic + " " + type);
      contains(command(session, "--describe", "--group", topic).replaceAll(" +", " "), topic + " " + topic + " 0 4 4 0 ", "/127.0.0.1");
      contains(command(session, "--describe", "--group", topic, "--members", "--verbose"), topic + ":0,1");
      contains(command(session, "--describe", "--group", topic, "--state").replaceAll(" +", " "), " Stable 1");
      contains(command(session, "--describe", "--all-groups"), topic);
    }
    contains(command(session, "--describe", "--group", topic), "has no active members", topic);
    contains(command(session, "--describe", "--group", topic, "--state"), "Empty");
  }

  private static long committed(Session session, String group, int partition) throws Exception {
    OffsetAndMetadata found = session.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
        .get(new TopicPartition(group, partition));
    return found == null ? -1 : found.offset();
  }

  private static void resets(Session session) throws Exception {
    String topic = session.newTopic(2, Map.of());
    session.fill(topic, 0, 10);
    session.fill(topic, 1, 10);
    session.admin.alterConsumerGroupOffsets(topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(5),
        new TopicPartition(topic, 1), new OffsetAndMetadata(5))).all().get();
    String[] first = {"--reset-offsets", "--group", topic, "--topic", topic + ":0"};
    contains(command(session, Tools.with(first, "--to-earliest", "--dry-run")).replaceAll(" +", " "), topic + " " + topic + " 0 0");
    equal("a dry run changes nothing", 5L, committed(session, topic, 0));
    String[][] specifications = {{"0", "--to-earliest"}, {"10", "--to-latest"}, {"7", "--to-offset", "7"}, {"4", "--shift-by", "-3"},
        {"4", "--to-current"}, {"2", "--to-datetime", "1970-01-01T00:00:03.000"}, {"10", "--by-duration", "PT1H"}, {"10", "--shift-by", "99"}};
    for (String[] each : specifications) {
      String[] how = java.util.Arrays.copyOfRange(each, 1, each.length);
      command(session, Tools.with(Tools.with(first, how), "--execute"));
      equal(String.join(" ", how), Long.parseLong(each[0]), committed(session, topic, 0));
    }
    equal("the other partition is as it was", 5L, committed(session, topic, 1));
    command(session, "--reset-offsets", "--group", topic, "--all-topics", "--to-earliest", "--execute");
    equal("all topics", 0L, committed(session, topic, 1));
    Path file = Files.createTempFile("offsets", ".csv");
    try {
      Files.writeString(file, "\"" + topic + "\",0,3\n\"" + topic + "\",1,8\n");
      command(session, "--reset-offsets", "--group", topic, "--from-file", file.toString(), "--execute");
    } finally {
      Files.delete(file);
    }
    equal("from a file", 8L, committed(session, topic, 1));
  }

  private static void deletes(Session session) throws Exception {
    String topic = session.newTopic(2, Map.of());
    try (GroupMember member = join(session, topic, next("uniform"), topic)) {
      awaitShares(partitions(topic, 2), member);
      session.fill(topic, 0, 1);
      session.fill(topic, 1, 1);
      awaitRead(2, member);
      contains(command(session, "--delete", "--group", topic), "GroupNotEmptyException");
    }
    command(session, "--delete-offsets", "--group", topic, "--topic", topic + ":1");
    equal("deleted", -1L, committed(session, topic, 1));
    equal("left", 1L, committed(session, topic, 0));
    contains(command(session, "--delete", "--group", topic), "Deletion of requested consumer groups ('" + topic + "') was successful");
    holds("it is not listed", !command(session, "--list").contains(topic));
  }

  private static void groups(Session session) throws Exception {
    String topic = session.newTopic();
    session.admin.alterConsumerGroupOffsets(topic, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0))).all().get();
    contains(tool(org.apache.kafka.tools.GroupsCommand::main, "--bootstrap-server", session.broker, "--list"), topic);
  }

  private static void performance(Session session, String protocol) throws Exception {
    String topic = session.newTopic(3, Map.of());
    tool(org.apache.kafka.tools.ProducerPerformance::main, "--topic", topic, "--num-records", "5000", "--record-size", "100",
        "--throughput", "-1", "--bootstrap-server", session.broker);
    String text = tool(org.apache.kafka.tools.ConsumerPerformance::main, "--bootstrap-server", session.broker, "--topic", topic,
        "--num-records", "5000", "--group", topic, "--timeout", "20000", "--command-property", "group.protocol=" + protocol,
        "--hide-header");
    contains(text, " 5000,");
  }

  private static void console(Session session, String protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 3);
    String text = tool(org.apache.kafka.tools.consumer.ConsoleConsumer::main, "--bootstrap-server", session.broker, "--topic", topic,
        "--group", topic, "--from-beginning", "--max-messages", "3", "--timeout-ms", "20000", "--command-property",
        "group.protocol=" + protocol, "--formatter-property", "print.offset=true");
    contains(text, "Offset:0", "Offset:2", "Processed a total of 3 messages");
    equal("committed", 3L, committed(session, topic, 0));
  }

  private static void verifiable(Session session, String protocol) throws Exception {
    String topic = session.newTopic();
    session.fill(topic, 0, 5);
    String text = tool(org.apache.kafka.tools.VerifiableConsumer::main, "--bootstrap-server", session.broker, "--topic", topic,
        "--group-id", topic, "--max-messages", "5", "--reset-policy", "earliest", "--group-protocol", protocol);
    contains(text, "partitions_assigned", "records_consumed", "offsets_committed");
    equal("committed", 5L, committed(session, topic, 0));
  }
}
