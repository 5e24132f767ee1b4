// `moldau topic`, `config` and `cluster` as a person meets them.
import { describe, expect, it } from "vitest";
import { onABroker } from "./on-a-broker.js";

const { moldau, objects } = onABroker();
const done = (out: string) => ({ code: 0, out, errors: "" });

describe("moldau topic", () => {
  it("creates, lists, describes, grows and deletes", async () => {
    expect(await moldau("topic", "list")).toMatchInlineSnapshot(`
      {
        "code": 0,
        "errors": "There are no topics yet: "moldau topic create NAME" makes one.
      ",
        "out": "",
      }
    `);
    expect(await moldau("topic", "create", "orders", "payments", "-p", "2", "-c", "retention.ms=60000")).toMatchInlineSnapshot(`
      {
        "code": 0,
        "errors": "",
        "out": "orders was created with 2 partitions
      payments was created with 2 partitions
      ",
      }
    `);
    expect((await moldau("topic", "list")).out).toMatchInlineSnapshot(`
      "TOPIC     PARTITIONS  REPLICAS
      orders             2         1
      payments           2         1
      "
    `);
    expect(await moldau("topic", "alter", "orders", "--partitions", "3")).toEqual(done("orders has 3 partitions\n"));
    expect((await moldau("topic", "describe", "orders", "payments")).out).toMatchInlineSnapshot(`
      "orders: 3 partitions, 1 replica, id ID
        retention.ms=60000
      PARTITION  LEADER  REPLICAS  IN SYNC  START  END  OFFSETS
              0       1  1         1            0    0        0
              1       1  1         1            0    0        0
              2       1  1         1            0    0        0

      payments: 2 partitions, 1 replica, id ID
        retention.ms=60000
      PARTITION  LEADER  REPLICAS  IN SYNC  START  END  OFFSETS
              0       1  1         1            0    0        0
              1       1  1         1            0    0        0
      "
    `);
    expect(await moldau("topic", "delete", "payments")).toEqual(done("payments was deleted\n"));
    expect(await objects("topic", "list")).toMatchObject([{ topic: "orders", partitions: 3, replicationFactor: 1, isInternal: false }]);
    expect((await objects("topic", "describe", "orders"))[0]).toMatchObject({
      topic: "orders",
      partitions: [{ partition: 0, startOffset: 0, endOffset: 0 }, {}, {}],
      configs: [{ name: "retention.ms", value: "60000" }],
    });
  });

  it("says what could not be done, does the rest, and exits with 1", async () => {
    await moldau("topic", "create", "present");
    expect(await moldau("topic", "create", "present", "fresh")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: present: There is a topic present already: "moldau topic describe present" shows it.
      ",
        "out": "fresh was created with 1 partition
      ",
      }
    `);
    expect(await moldau("topic", "create", "present", "--if-not-exists")).toEqual(done(""));
    expect(await moldau("topic", "delete", "absent", "fresh")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: absent: There is no topic absent. "moldau topic list" shows those there are.
      ",
        "out": "fresh was deleted
      ",
      }
    `);
    expect(await moldau("topic", "delete", "absent", "--if-exists")).toEqual(done(""));
    expect((await moldau("topic", "create", "bad", "-c", "retention.ms=soon")).errors).toMatchInlineSnapshot(`
      "moldau: bad: Invalid value "soon" for retention.ms: it must be a whole number of 64 bits. (INVALID_CONFIG)
      "
    `);
  });

  it("only says what it would do, if asked to", async () => {
    const created = await moldau("topic", "create", "tried", "-p", "4", "--validate-only");
    expect(created).toEqual(done("tried could be created with 4 partitions\n"));
    expect((await objects("topic", "list")).map(({ topic }) => topic)).not.toContain("tried");
  });

  it("says how it is to be called, with exit code 2", async () => {
    expect(await moldau("topic", "create", "x", "--partitions", "many")).toMatchInlineSnapshot(`
      {
        "code": 2,
        "errors": "moldau: --partitions must be a whole number from 1, and "many" is not.
      ",
        "out": "",
      }
    `);
    expect((await moldau("topic", "create")).code).toBe(2);
    expect((await moldau("topic", "list", "--timeout", "-1")).errors).toBe(
      'moldau: --timeout must be a number of seconds, and "-1" is not.\n',
    );
  });

  it("trims", async () => {
    await moldau("topic", "create", "trimmed", "-p", "2");
    expect(await moldau("topic", "trim", "trimmed", "--before", "end")).toMatchInlineSnapshot(`
      {
        "code": 0,
        "errors": "",
        "out": "trimmed-0 begins at offset 0
      trimmed-1 begins at offset 0
      ",
      }
    `);
    expect((await moldau("topic", "trim", "trimmed:1", "--before", "5")).errors).toMatchInlineSnapshot(`
      "moldau: trimmed-1: The partition holds no record at this offset: it lies before the log's start or after its end. (OFFSET_OUT_OF_RANGE)
      "
    `);
  });
});

describe("moldau config", () => {
  it("shows what is set, sets, adds to lists, and goes back", async () => {
    await moldau("topic", "create", "configured");
    const set = await moldau("config", "set", "topic", "configured", "retention.ms=5", "cleanup.policy+=compact");
    expect(set).toEqual(done("topic configured: changed retention.ms, cleanup.policy\n"));
    expect((await moldau("config", "describe", "topic", "configured")).out).toMatchInlineSnapshot(`
      "CONFIG          VALUE           FROM
      cleanup.policy  delete,compact  topic
      retention.ms    5               topic
      "
    `);
    expect(await moldau("config", "unset", "topic", "configured", "retention.ms")).toMatchObject({ code: 0 });
    expect(await objects("config", "describe", "topic", "configured", "retention.ms")).toMatchInlineSnapshot(`
      [
        {
          "config": "retention.ms",
          "isReadOnly": false,
          "isSensitive": false,
          "name": "configured",
          "source": "default",
          "type": "long",
          "value": "604800000",
        },
      ]
    `);
    expect((await moldau("config", "describe", "broker", "1", "num.partitions", "--doc")).out).toContain("num.partitions  1      default");
  });

  it("says why it did not", async () => {
    expect((await moldau("config", "set", "topic", "absent", "retention.ms=5")).errors).toMatchInlineSnapshot(`
      "moldau: There is no topic absent. "moldau topic list" shows those there are.
      "
    `);
    expect(await moldau("config", "set", "broker", "one", "a=b")).toMatchObject({
      code: 2,
      errors: 'moldau: A broker is named by its number, or "all", and "one" is neither.\n',
    });
    expect(await moldau("config", "set", "topic", "configured", "retention.ms")).toMatchObject({
      code: 2,
      errors: 'moldau: a configuration must be NAME=VALUE, and "retention.ms" is not.\n',
    });
  });
});

describe("moldau cluster", () => {
  it("shows brokers, features and disks", async () => {
    expect((await moldau("cluster", "describe")).out).toMatchInlineSnapshot(`
      "cluster ID: 1 broker

      BROKER  ADDRESS          RACK  STATE
           1  ADDRESS     -  controller

      FEATURE              LEVEL  SUPPORTED
      group.version            1  0-1
      metadata.version        30  7-30
      transaction.version      2  0-2
      "
    `);
    expect(await objects("cluster", "describe")).toMatchObject([{ controller: 1, brokers: [{ nodeId: 1, isFenced: false }] }]);
    expect((await moldau("cluster", "disk")).out).toContain("BROKER  TOPIC       PARTITIONS  SIZE\n     1  ");
  });
});
