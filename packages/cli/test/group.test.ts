// `moldau group` and `moldau transaction` as a person meets them.
import { createClient } from "@moldau/client";
import { describe, expect, it } from "vitest";
import { onABroker } from "./on-a-broker.js";

const { moldau, begin, objects, bootstrap } = onABroker();
const done = (out: string) => ({ code: 0, out, errors: "" });
const send = (input: string, ...words: readonly string[]) => begin({ input }, "produce", ...words).ended;
const consumed = async (group: string, topic: string) => moldau("consume", topic, "--group", group, "--from", "beginning", "--exit");

describe("moldau group", () => {
  it("shows how far a group has read, and forgets it", async () => {
    await moldau("topic", "create", "orders", "-p", "2");
    await send("1\n2\n3\n", "orders", "-p", "0");
    await consumed("readers", "orders");
    await send("4\n", "orders", "-p", "0");
    expect((await moldau("group", "list")).out).toMatchInlineSnapshot(`
      "GROUP    TYPE      STATE  PROTOCOL
      readers  consumer  Empty  consumer
      "
    `);
    expect((await moldau("group", "describe", "readers")).out).toMatchInlineSnapshot(`
      "readers: consumer, Empty, 0 members, 1 record to read, assigned by uniform, epoch 3
      TOPIC   PARTITION  COMMITTED  END  LAG  MEMBER  CLIENT
      orders          0          3    4    1       -       -
      orders          1          0    0    0       -       -
      "
    `);
    expect((await moldau("group", "list", "--state", "Stable")).out).toBe("");
    expect((await moldau("group", "list", "--type", "any")).code).toBe(2);
    expect((await moldau("group", "delete-offsets", "readers", "-t", "orders:0")).out).toBe("readers has no offset of orders-0 any more\n");
    expect(await moldau("group", "delete", "readers")).toEqual(done("readers was deleted\n"));
    expect(await moldau("group", "describe", "readers")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: readers: There is no such group: "moldau group list" shows those there are.
      ",
        "out": "",
      }
    `);
  });

  it("moves a group: first it only says where to", async () => {
    await moldau("topic", "create", "moved");
    const line = (value: string, timestamp: number) => JSON.stringify({ value, timestamp });
    await send([1, 2, 3].map((n) => line(`${n}`, n * 1_000)).join("\n"), "moved", "--json");
    await consumed("movers", "moved");
    const reset = (...words: readonly string[]) => moldau("group", "reset-offsets", "movers", "--topic", "moved", ...words);
    expect(await reset("--to", "beginning")).toMatchInlineSnapshot(`
      {
        "code": 0,
        "errors": "Nothing was changed: --execute does it.
      ",
        "out": "TOPIC  PARTITION  FROM  TO
      moved          0     3   0
      ",
      }
    `);
    const committed = async () => (await objects("group", "describe", "movers"))[0]?.partitions;
    expect(await committed()).toMatchObject([{ committed: 3, lag: 0 }]);
    expect(await reset("--to", "1970-01-01T00:00:02Z", "--execute")).toMatchObject({ code: 0, errors: "" });
    expect(await committed()).toMatchObject([{ committed: 1, lag: 2 }]);
    expect(await objects("group", "reset-offsets", "movers", "--all-topics", "--shift-by", "-5", "--execute")).toEqual([
      { topic: "moved", partition: 0, from: 1, to: 0, isDone: true },
    ]);
    expect((await consumed("movers", "moved")).out).toBe("1\n2\n3\n");
  });

  it("moves no group that has members", async () => {
    await moldau("topic", "create", "busy");
    await send("1\n", "busy");
    const reader = begin({}, "consume", "busy", "--group", "workers", "--from", "beginning");
    await reader.printed((out) => out === "1\n");
    expect((await moldau("group", "describe", "workers")).out).toMatch(
      /^workers: consumer, Stable, 1 member, \d records? to read, assigned by uniform, epoch \d\n/,
    );
    expect((await moldau("group", "describe", "workers", "--members")).out).toMatch(/moldau-cli\/127\.0\.0\.1 +busy:0\n$/);
    expect(await moldau("group", "reset-offsets", "workers", "--topic", "busy", "--to", "end", "--execute")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: The group workers has 1 member: stop what reads, then move it.
      ",
        "out": "",
      }
    `);
    expect((await moldau("group", "delete", "workers")).errors).toMatchInlineSnapshot(`
      "moldau: workers: The group has members: stop them first. "moldau group describe" shows them.
      "
    `);
    reader.interrupt();
    expect(await reader.ended).toEqual(done("1\n"));
    expect(await objects("group", "describe", "workers")).toMatchObject([{ members: [], partitions: [{ committed: 1, lag: 0 }] }]);
  });

  it("wants to be told what to move, and where to", async () => {
    expect((await moldau("group", "reset-offsets", "g", "--topic", "t")).errors).toMatchInlineSnapshot(`
      "moldau: Say where to: either --to PLACE or --shift-by N.
      "
    `);
    expect((await moldau("group", "reset-offsets", "g", "--to", "end")).errors).toMatchInlineSnapshot(`
      "moldau: Say which topics: --topic TOPIC, or --all-topics for those that the group has offsets of.
      "
    `);
  });
});

describe("moldau transaction", () => {
  it("shows what is open, and ends it", async () => {
    await moldau("topic", "create", "paid");
    await using client = createClient({ bootstrap: bootstrap() });
    const producer = client.producer({ transactionalId: "payments" });
    const transaction = await producer.begin();
    await transaction.send({ topic: "paid", value: "1" });
    expect(await objects("transaction", "list", "--state", "Ongoing")).toMatchObject([{ transactionalId: "payments", state: "Ongoing" }]);
    expect((await moldau("transaction", "list", "--open-for", "1h")).errors).toBe("There are no such transactions.\n");
    expect((await moldau("transaction", "describe", "payments")).out).toMatch(
      /\npayments +Ongoing +\d+ +\d+ +\S+Z \(0 s ago\) +60 s +paid-0\n$/,
    );
    expect((await moldau("transaction", "hanging", "--open-for", "0s")).errors).toBe("No transaction hangs.\n");
    expect((await moldau("consume", "paid", "--from", "beginning", "--exit")).out).toBe("");
    expect((await moldau("consume", "paid", "--from", "beginning", "--exit", "--uncommitted")).out).toBe("1\n");
    expect((await moldau("transaction", "abort", "-t", "paid", "-p", "0", "--start-offset", "7")).errors).toMatchInlineSnapshot(`
      "moldau: No transaction that is open in paid-0 begins at offset 7: "moldau transaction hanging" shows those that hang.
      "
    `);
    expect((await moldau("transaction", "abort", "-t", "paid", "-p", "0", "--start-offset", "0")).out).toMatch(
      /^the transaction of producer \d+ in paid-0 was aborted\n$/,
    );
    expect((await moldau("transaction", "fence", "payments")).out).toMatch(/^payments: producers before epoch \d+ are shut out\n$/);
    expect(await objects("transaction", "list", "--state", "Ongoing")).toEqual([]);
    await expect(transaction.commit()).rejects.toMatchObject({ code: expect.stringMatching(/FENCED|INVALID_PRODUCER_EPOCH/) });
  });
});
