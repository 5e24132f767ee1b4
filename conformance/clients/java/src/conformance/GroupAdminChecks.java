package conformance;

import static conformance.Checks.check;
import static conformance.Checks.equal;
import static conformance.Checks.fails;
import static conformance.Checks.holds;
import static conformance.GroupMember.awaitShares;
import static conformance.GroupMember.classic;
import static conformance.GroupMember.join;
import static conformance.GroupMember.next;
import static conformance.GroupMember.partitions;
import static conformance.GroupMember.with;
import static java.util.Map.entry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** The AdminClient on groups: listed, described, altered, deleted, configured. */
final class GroupAdminChecks {
  private GroupAdminChecks() {}

  static void run(Session session) {
    check("lists groups by state and type", () -> lists(session));
    check("describes groups of both protocols", () -> describes(session));
    check("is told of groups that do not exist", () -> unknown(session));
    check("reads, alters and deletes offsets, of several groups at once", () -> offsets(session));
    check("refuses to change offsets of a group that consumes", () -> busy(session));
    check("deletes groups, but not with members", () -> deletes(session));
    check("removes members from a group", () -> removes(session));
    check("configures groups, and refuses what is wrong", () -> configures(session));
  }

  static void setGroupConfig(Session session, String group, String name, String value) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    AlterConfigOp change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    session.admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    GroupMember.await(name + " is " + value, () -> value.equals(groupConfig(session, group, name)));
  }

  private static String groupConfig(Session session, String group, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    ConfigEntry found = session.admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name);
    return found == null ? null : found.value();
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsetsOf(Session session, String group) throws Exception {
    return session.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  private static void commit(Session session, String group, TopicPartition partition, long offset) throws Exception {
    session.admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset))).all().get();
  }

  private static Set<String> listed(Session session, String prefix, ListGroupsOptions options) throws Exception {
    Collection<GroupListing> all = session.admin.listGroups(options).all().get();
    return all.stream().filter(group -> group.groupId().startsWith(prefix))
        .map(group -> group.groupId().substring(prefix.length()) + " " + group.type().map(Object::toString).orElse("?") + " "
            + group.groupState().map(Object::toString).orElse("?"))
        .collect(Collectors.toSet());
  }

  private static void lists(Session session) throws Exception {
    String topic = session.newTopic();
    String prefix = session.name("listed-");
    commit(session, prefix + "empty", new TopicPartition(topic, 0), 1);
    try (GroupMember a = join(session, prefix + "a", classic("range"), topic);
        GroupMember b = join(session, prefix + "b", next("uniform"), topic)) {
      awaitShares(partitions(topic, 1), a);
      awaitShares(partitions(topic, 1), b);
      Set<String> all = Set.of("a Classic Stable", "b Consumer Stable", "empty Classic Empty");
      GroupMember.await("all are listed", () -> listed(session, prefix, new ListGroupsOptions()).equals(all), a, b);
      Set<GroupState> stable = Set.of(GroupState.STABLE);
      Set<GroupType> ofClassics = Set.of(GroupType.CLASSIC);
      equal("stable", Set.of("a Classic Stable", "b Consumer Stable"),
          listed(session, prefix, new ListGroupsOptions().inGroupStates(stable)));
      equal("classic", Set.of("a Classic Stable", "empty Classic Empty"),
          listed(session, prefix, new ListGroupsOptions().withTypes(ofClassics)));
      equal("both", Set.of("a Classic Stable"),
          listed(session, prefix, new ListGroupsOptions().inGroupStates(stable).withTypes(ofClassics)));
      equal("consumers'", all, listed(session, prefix, ListGroupsOptions.forConsumerGroups()));
    }
  }

  private static void describes(Session session) throws Exception {
    String topic = session.newTopic(3, Map.of());
    for (Map<String, String> protocol : List.of(classic("roundrobin"), next("range"))) {
      boolean isClassic = protocol.get("group.protocol").equals("classic");
      String group = topic + "-" + protocol.get("group.protocol");
      Map<String, String> settings = with(protocol, entry("group.instance.id", "fixed"), entry("client.id", "described"));
      try (GroupMember member = join(session, group, settings, topic)) {
        awaitShares(partitions(topic, 3), member);
        GroupMember.await("it is stable", () -> describe(session, group).groupState() == GroupState.STABLE, member);
        ConsumerGroupDescription found = describe(session, group);
        equal("type", isClassic ? GroupType.CLASSIC : GroupType.CONSUMER, found.type());
        equal("assignor", isClassic ? "roundrobin" : "range", found.partitionAssignor());
        holds("has a coordinator", found.coordinator().id() >= 0);
        MemberDescription only = found.members().iterator().next();
        equal("instance", Optional.of("fixed"), only.groupInstanceId());
        equal("client", "described", only.clientId());
        equal("host", "/127.0.0.1", only.host());
        equal("assigned", member.assigned(), only.assignment().topicPartitions());
        if (!isClassic) equal("to be assigned", member.assigned(), only.targetAssignment().orElseThrow().topicPartitions());
        equal("upgraded", isClassic ? Optional.empty() : Optional.of(true), only.upgraded());
      }
      session.admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get();
      GroupMember.await("it is empty", () -> describe(session, group).groupState() == GroupState.EMPTY);
    }
    String connect = topic + "-classic";
    ClassicGroupDescription old = session.admin.describeClassicGroups(List.of(connect)).all().get().get(connect);
    equal("protocol", "consumer", old.protocol());
    equal("state", "Empty", old.state().toString());
  }

  private static ConsumerGroupDescription describe(Session session, String group) throws Exception {
    return session.admin.describeConsumerGroups(List.of(group)).all().get().get(group);
  }

  private static void unknown(Session session) throws Exception {
    String group = session.name("unknown-group");
    fails(GroupIdNotFoundException.class, () -> describe(session, group));
    fails(GroupIdNotFoundException.class, () -> session.admin.describeClassicGroups(List.of(group)).all().get());
    fails(GroupIdNotFoundException.class, () -> session.admin.deleteConsumerGroups(List.of(group)).all().get());
    equal("offsets", Map.of(), offsetsOf(session, group));
    fails(GroupIdNotFoundException.class,
        () -> session.admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(group, 0))).all().get());
  }

  private static void offsets(Session session) throws Exception {
    String topic = session.newTopic(2, Map.of());
    TopicPartition first = new TopicPartition(topic, 0);
    TopicPartition second = new TopicPartition(topic, 1);
    OffsetAndMetadata at = new OffsetAndMetadata(5, Optional.of(0), "by hand");
    session.admin.alterConsumerGroupOffsets(topic + "-a", Map.of(first, at, second, new OffsetAndMetadata(6))).all().get();
    commit(session, topic + "-b", first, 7);
    ListConsumerGroupOffsetsSpec everything = new ListConsumerGroupOffsetsSpec();
    ListConsumerGroupOffsetsSpec one = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(first, second));
    var found = session.admin.listConsumerGroupOffsets(Map.of(topic + "-a", everything, topic + "-b", one, topic + "-c", everything));
    equal("of the first", Map.of(first, at, second, new OffsetAndMetadata(6)), found.partitionsToOffsetAndMetadata(topic + "-a").get());
    equal("of the second", 7L, found.partitionsToOffsetAndMetadata(topic + "-b").get().get(first).offset());
    equal("not committed", null, found.partitionsToOffsetAndMetadata(topic + "-b").get().get(second));
    equal("of one that does not exist", Map.of(), found.partitionsToOffsetAndMetadata(topic + "-c").get());
    session.admin.deleteConsumerGroupOffsets(topic + "-a", Set.of(second)).all().get();
    equal("one is left", Map.of(first, at), offsetsOf(session, topic + "-a"));
  }

  private static void busy(Session session) throws Exception {
    String topic = session.newTopic();
    TopicPartition partition = new TopicPartition(topic, 0);
    for (Map<String, String> protocol : List.of(classic("range"), next("uniform"))) {
      String group = topic + "-" + protocol.get("group.protocol");
      try (GroupMember member = join(session, group, protocol, topic)) {
        awaitShares(partitions(topic, 1), member);
        fails(UnknownMemberIdException.class, () -> commit(session, group, partition, 1));
        fails(GroupSubscribedToTopicException.class,
            () -> session.admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all().get());
      }
    }
  }

  private static void deletes(Session session) throws Exception {
    String topic = session.newTopic();
    for (Map<String, String> protocol : List.of(classic("range"), next("uniform"))) {
      String group = topic + "-" + protocol.get("group.protocol");
      try (GroupMember member = join(session, group, protocol, topic)) {
        awaitShares(partitions(topic, 1), member);
        session.fill(topic, 0, 1);
        GroupMember.awaitRead(1, member);
        fails(GroupNotEmptyException.class, () -> session.admin.deleteConsumerGroups(List.of(group)).all().get());
      }
      equal("offsets", 1, offsetsOf(session, group).size());
      session.admin.deleteConsumerGroups(List.of(group)).all().get();
      equal("offsets", Map.of(), offsetsOf(session, group));
      fails(GroupIdNotFoundException.class, () -> describe(session, group));
    }
  }

  private static void removes(Session session) throws Exception {
    String topic = session.newTopic(2, Map.of());
    for (Map<String, String> protocol : List.of(classic("range"), next("range"))) {
      String group = topic + "-" + protocol.get("group.protocol");
      GroupMember away = join(session, group, with(protocol, entry("group.instance.id", "away")), topic);
      try (GroupMember stays = join(session, group, protocol, topic)) {
        awaitShares(partitions(topic, 2), away, stays);
        away.close();
        var byName = new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("away")));
        session.admin.removeMembersFromConsumerGroup(group, byName).all().get();
        awaitShares(partitions(topic, 2), stays);
        var again = session.admin.removeMembersFromConsumerGroup(group, byName);
        fails(UnknownMemberIdException.class, () -> again.memberResult(new MemberToRemove("away")).get());
      }
    }
  }

  private static void configures(Session session) throws Exception {
    String group = session.name("configured");
    setGroupConfig(session, group, "consumer.heartbeat.interval.ms", "321");
    equal("a default", "45000", groupConfig(session, group, "consumer.session.timeout.ms"));
    for (String[] wrong : new String[][] {{"consumer.session.timeout.ms", "1"}, {"consumer.heartbeat.interval.ms", "soon"},
        {"no.such.config", "1"}}) {
      fails(InvalidConfigurationException.class, () -> setGroupConfig(session, group, wrong[0], wrong[1]));
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    AlterConfigOp gone = new AlterConfigOp(new ConfigEntry("consumer.heartbeat.interval.ms", ""), AlterConfigOp.OpType.DELETE);
    session.admin.incrementalAlterConfigs(Map.of(resource, List.of(gone))).all().get();
    GroupMember.await("the default is back",
        () -> !"321".equals(groupConfig(session, group, "consumer.heartbeat.interval.ms")));
  }
}
