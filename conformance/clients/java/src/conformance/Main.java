package conformance;

import java.nio.file.Path;

/** Checks a broker with Apache Kafka's own clients: "check" writes and administers, "read" reads what other clients wrote, "groups" consumes in groups. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Cases cases = Cases.read(Path.of(System.getenv("CONFORMANCE_CASES")));
    Session session = new Session();
    if (arguments[0].equals("member")) {
      GroupMember.runAlone(session, arguments);
    } else if (arguments[0].equals("read")) {
      RecordChecks.readOthers(session, cases, Cases.written(System.getenv("CONFORMANCE_TOPICS")));
    } else if (arguments[0].equals("groups")) {
      GroupChecks.run(session);
      GroupMigrationChecks.run(session);
      GroupOffsetChecks.run(session);
      GroupAdminChecks.run(session);
      GroupToolChecks.run(session);
    } else {
      RecordChecks.run(session, cases);
      ProducerChecks.run(session, cases);
      ConsumerChecks.run(session, cases);
      TopicAdminChecks.run(session);
      TopicErrorChecks.run(session);
      ConfigAdminChecks.run(session);
      OffsetAdminChecks.run(session);
      ClusterAdminChecks.run(session);
      TransactionChecks.run(session);
      ToolChecks.run(session);
    }
    Checks.say("done");
    System.exit(0);
  }
}
