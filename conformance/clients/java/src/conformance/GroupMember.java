package conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer that polls in a thread of its own, commits what it has read, and remembers what became of it. */
final class GroupMember implements ConsumerRebalanceListener, AutoCloseable {
  static final long SETTLE_MS = 30_000;
  private static final Duration POLL = Duration.ofMillis(50);

  /** Values in the order they were read, as partition:offset. */
  final List<String> read = new CopyOnWriteArrayList<>();

  final AtomicInteger revoked = new AtomicInteger();
  final AtomicInteger lost = new AtomicInteger();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ConcurrentLinkedQueue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile Set<TopicPartition> assigned = Set.of();
  private volatile CloseOptions end;
  private volatile Throwable failure;

  private GroupMember(KafkaConsumer<byte[], byte[]> consumer, Consumer<GroupMember> subscription) {
    this.consumer = consumer;
    thread = new Thread(() -> pollUntilEnd(subscription));
    thread.setDaemon(true);
    thread.start();
  }

  /** Settings of a member of the classic protocol that notices changes soon. */
  static Map<String, String> classic(String assignor) {
    String name = switch (assignor) {
      case "roundrobin" -> "RoundRobinAssignor";
      case "sticky" -> "StickyAssignor";
      case "cooperative-sticky" -> "CooperativeStickyAssignor";
      default -> "RangeAssignor";
    };
    return Map.of("group.protocol", "classic", "heartbeat.interval.ms", "100", "session.timeout.ms", "6000",
        "partition.assignment.strategy", "org.apache.kafka.clients.consumer." + name);
  }

  static Map<String, String> next(String assignor) {
    return Map.of("group.protocol", "consumer", "group.remote.assignor", assignor);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  static Map<String, String> with(Map<String, String> settings, Map.Entry<String, String>... more) {
    Map<String, String> all = new HashMap<>(settings);
    for (Map.Entry<String, String> each : more) all.put(each.getKey(), each.getValue());
    return all;
  }

  static GroupMember join(Session session, String group, Map<String, String> settings, String... topics) {
    return subscribe(session, group, settings, member -> member.consumer.subscribe(List.of(topics), member));
  }

  static GroupMember subscribe(Session session, String group, Map<String, String> settings, Consumer<GroupMember> subscription) {
    Map<String, String> all = new HashMap<>(Map.of("group.id", group, "auto.offset.reset", "earliest", "metadata.max.age.ms", "300"));
    all.putAll(settings);
    return new GroupMember(session.consumer(all), subscription);
  }

  KafkaConsumer<byte[], byte[]> consumer() {
    return consumer;
  }

  private void pollUntilEnd(Consumer<GroupMember> subscription) {
    try {
      subscription.accept(this);
      while (end == null) {
        for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) task.run();
        var records = consumer.poll(POLL);
        records.forEach(record -> read.add(record.partition() + ":" + record.offset()));
        if (!records.isEmpty()) consumer.commitSync();
      }
    } catch (Throwable caught) {
      failure = caught;
    } finally {
      consumer.close(end == null ? CloseOptions.timeout(Duration.ZERO) : end);
    }
  }

  /** Runs something in the polling thread, between polls. */
  <T> T inPoll(Callable<T> body) throws Exception {
    FutureTask<T> task = new FutureTask<>(body);
    tasks.add(task);
    return task.get(SETTLE_MS, TimeUnit.MILLISECONDS);
  }

  /** Stops polling for a while. */
  void hang(long milliseconds) {
    tasks.add(new FutureTask<>(() -> {
      Thread.sleep(milliseconds);
      return null;
    }));
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> added) {
    Set<TopicPartition> all = new HashSet<>(assigned);
    all.addAll(added);
    assigned = Set.copyOf(all);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> gone) {
    Set<TopicPartition> rest = new HashSet<>(assigned);
    rest.removeAll(gone);
    assigned = Set.copyOf(rest);
    revoked.addAndGet(gone.size());
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> gone) {
    onPartitionsRevoked(gone);
    lost.addAndGet(gone.size());
  }

  Set<TopicPartition> assigned() {
    return assigned;
  }

  /** Waits for what ended the member. */
  Throwable failure() throws Exception {
    thread.join(SETTLE_MS);
    return failure;
  }

  private void stop(CloseOptions how) {
    end = how;
    try {
      thread.join(SETTLE_MS);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    if (failure != null) throw new AssertionError("the member failed: " + failure, failure);
  }

  /** Leaves as the protocol has it: a static member stays, for its session. */
  @Override
  public void close() {
    stop(CloseOptions.timeout(Duration.ofSeconds(5)));
  }

  /** A member in a JVM of its own, for being killed: joins as the arguments of {@link #runAlone} say. */
  static Process startElsewhere(String group, Map<String, String> settings, String topic) throws Exception {
    List<String> command = new ArrayList<>(List.of("java", "-Xmx128M", "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", System.getProperty("java.class.path"), "conformance.Main", "member", group,
        topic));
    settings.forEach((name, value) -> command.add(name + "=" + value));
    return new ProcessBuilder(command).inheritIO().start();
  }

  /** Arguments: "member", the group, the topic, settings as name=value. */
  static void runAlone(Session session, String[] arguments) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int i = 3; i < arguments.length; i++) {
      String[] setting = arguments[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    join(session, arguments[1], settings, arguments[2]);
    Thread.sleep(2 * SETTLE_MS);
  }

  /** Leaves for good, static or not. */
  void leave() {
    stop(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP).withTimeout(Duration.ofSeconds(5)));
  }

  static Set<TopicPartition> partitions(String topic, int count) {
    Set<TopicPartition> all = new HashSet<>();
    for (int i = 0; i < count; i++) all.add(new TopicPartition(topic, i));
    return all;
  }

  /** Waits until the members have all partitions between them, each its share and none twice. */
  static void awaitShares(Set<TopicPartition> all, GroupMember... members) throws Exception {
    int least = all.size() / members.length;
    int most = (all.size() + members.length - 1) / members.length;
    await("shares of " + all.size() + " partitions", () -> {
      Set<TopicPartition> together = new HashSet<>();
      int sum = 0;
      for (GroupMember member : members) {
        if (member.failure != null) throw new AssertionError("a member failed: " + member.failure, member.failure);
        Set<TopicPartition> own = member.assigned;
        if (own.size() < least || own.size() > most) return false;
        sum += own.size();
        together.addAll(own);
      }
      return sum == all.size() && together.equals(all);
    }, members);
  }

  static void await(String what, Callable<Boolean> condition, GroupMember... members) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SETTLE_MS);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        List<String> state = new ArrayList<>();
        for (GroupMember member : members) state.add(member.assigned + " after " + member.read.size() + " records");
        throw new AssertionError(what + ": not within " + SETTLE_MS + " ms: " + state);
      }
      Thread.sleep(10);
    }
  }

  /** Waits until the members have read this many records, and returns them all. */
  static List<String> awaitRead(int count, GroupMember... members) throws Exception {
    Callable<List<String>> all = () -> {
      List<String> together = new ArrayList<>();
      for (GroupMember member : members) together.addAll(member.read);
      return together;
    };
    await("reading " + count + " records", () -> all.call().size() >= count, members);
    return all.call();
  }
}
