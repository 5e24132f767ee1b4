// `moldau log` as a person at a terminal meets it: the words, and what is printed. DIR stands for the data directory,
// SIZE for what LMDB makes of it.
import { copyFile, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../exit.js";
import { runProgram } from "../program.js";
import { capturedIo } from "../testing/captured-io.js";
import { type WrittenDirectory, writtenDirectory } from "./testing/written-directory.js";

let directory: WrittenDirectory;
beforeAll(async () => {
  directory = await writtenDirectory();
});
afterAll(() => directory.remove());

async function run(...args: readonly string[]) {
  const captured = capturedIo({ currentDirectory: join(directory.path, "..") });
  const code = await runProgram(["log", ...args], captured.ioFor);
  const shown = (text: string) => text.replaceAll(directory.path, "DIR").replace(/(catalog +)[\d.]+ KiB/, "$1SIZE");
  return { code, out: shown(captured.out()), errors: shown(captured.errors()) };
}

const objects = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function flip(path: string, position: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, position);
  await file.close();
}

/** The journal file, damaged at a byte while `action` runs. */
async function damaged<Result>(position: number, action: () => Promise<Result>): Promise<Result> {
  const path = join(directory.path, "journal/000000.ring");
  await flip(path, position);
  try {
    return await action();
  } finally {
    await flip(path, position);
  }
}

describe("moldau log inspect", () => {
  it("shows a data directory at a glance, ./data by default", async () => {
    const { code, out, errors } = await run("inspect");
    expect({ code, errors }).toEqual({ code: EXIT.done, errors: "" });
    expect(out).toMatchInlineSnapshot(`
      "directory  DIR (id BwcHBwcHRweHBwcHBwcHBw)
      in use     no
      cluster    Y2x1c3Rlci1jbHVzdGVyLQ
      catalog    SIZE
      journal    1 file of broker 1, 128 KiB; groups 1 to 7 (6 batches, 28.0 KiB) are not in segments yet
      segments   0 files, 0 B

      TOPIC                PARTITIONS  OFFSETS  EXTENTS  IN SEGMENTS  IN JOURNAL
      __consumer_offsets            1        1        0  0 B          112 B
      __transaction_state           1        1        0  0 B          130 B
      empty                         3        0        0  0 B          0 B
      orders                        2        5        0  0 B          362 B
      "
    `);
    expect((await run("inspect", directory.path)).out).toBe(out);
  });

  it("shows one topic by partition, and the files", async () => {
    expect((await run("inspect", "--topic", "orders", "--files")).out.split("\n\n").slice(1).join("\n\n")).toMatchInlineSnapshot(`
      "PARTITION  FIRST  END  EXTENTS  IN SEGMENTS  IN JOURNAL
              0      0    3        0  0 B          206 B from offset 0
              1      0    2        0  0 B          156 B from offset 0

      JOURNAL FILE  SIZE     GROUPS  FIRST  LAST  USED      OLDER GROUPS
      000000.ring   128 KiB       7      1     7  28.0 KiB             0
      "
    `);
  });

  it("shows a single journal file", async () => {
    expect((await run("inspect", join(directory.path, "journal/000000.ring"))).out).toMatchInlineSnapshot(`
      "DIR/journal/000000.ring: journal file, 128 KiB
        brokerId: 1
        journalId: 0707070707070707
        groups: 7
        firstSequence: 1
        lastSequence: 7
        usedBytes: 28672
        batches: 6
        olderGroups: 0

      PARTITION                 FIRST  LAST  BATCHES  RECORDS  SIZE   NEWEST                    CODECS     DAMAGED
      b3JkZXJzLW9yZGVycy1vcg-0      0     2        2        3  206 B  2026-01-31T12:00:00.001Z  none,gzip        0
      b3JkZXJzLW9yZGVycy1vcg-1      0     1        2        2  156 B  2026-01-31T12:00:00.000Z  none             0
      b2Zmc2V0cy1vZmZzZXRzLQ-0      0     0        1        1  112 B  2026-01-31T12:00:00.000Z  none             0
      dHJhbnNhY3Rpb25zLXR4bg-0      0     0        1        1  130 B  2026-01-31T12:00:00.000Z  none             0
      "
    `);
  });

  it("has a JSON object per line", async () => {
    const lines = objects((await run("inspect", "--json")).out);
    expect(lines.map(({ type }) => type)).toEqual(["directory", "journal-file", ...Array(4).fill("partition")]);
    expect(lines.at(-1)).toMatchObject({ topic: "orders", partition: 1, logStartOffset: 0, endOffset: 2, journal: { batches: 2 } });
  });

  it("names the topics there are when asked for another", async () => {
    const { code, errors } = await run("inspect", "--topic", "order");
    expect({ code, errors }).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: DIR has no records of a topic "order". There are: __consumer_offsets, __transaction_state, empty, orders.
      ",
      }
    `);
  });
});

describe("moldau log verify", () => {
  it("says when all is whole", async () => {
    expect(await run("verify")).toEqual({ code: EXIT.done, out: "Whole: 124 KiB looked at, nothing damaged.\n", errors: "" });
  });

  it("names what is damaged, what it means and what to do, and has an exit code for it", async () => {
    // A record of the first batch, which was acknowledged: later groups say so.
    const { code, out, errors } = await damaged(4096 + 64 + 80, () => run("verify"));
    expect({ code, errors }).toEqual({ code: EXIT.damaged, errors: "" });
    expect(out).toMatchInlineSnapshot(`
      "DAMAGED  DIR/journal/000000.ring at byte 4160: orders-0 offsets 0 to 1: a batch of journal group 1 is not what was written. A broker does not start with this; one that runs gives readers an error for these offsets, and its journal fills up. Keep a copy, dump what is left.
      DAMAGED: 1 place in 124 KiB looked at. What to do: docs/LOG-TOOLS.md
      "
    `);
  });

  it("tells which offsets went with a group", async () => {
    const { code, out } = await damaged(4096 + 44, () => run("verify"));
    expect(code).toBe(EXIT.damaged);
    expect(out).toMatchInlineSnapshot(`
      "DAMAGED  DIR/journal/000000.ring at byte 4096: journal group 1 is not what was written; later groups say that it was acknowledged. A broker does not start with this, for records that were acknowledged are lost. Stop it, keep a copy, dump what is left.
      DAMAGED  DIR/journal/000000.ring at byte 8256: orders-0 offsets 0 to 1: the batches before this one are neither in segments nor in the journal. These records are lost: they were in the damaged part of the journal.
      DAMAGED: 2 places in 124 KiB looked at. What to do: docs/LOG-TOOLS.md
      "
    `);
  });

  it("says the same to programs", async () => {
    const [finding, summary] = objects((await damaged(4096 + 64 + 80, () => run("verify", "--json"))).out);
    expect(finding).toMatchObject({
      type: "finding",
      severity: "damage",
      kind: "journal-batch",
      topic: "orders",
      partition: 0,
      firstOffset: 0,
      lastOffset: 1,
    });
    expect(finding).toMatchObject({ path: "DIR/journal/000000.ring", position: 4096 + 64 });
    expect(summary).toEqual({ type: "summary", damaged: 1, normal: 0, checkedBytes: expect.any(Number) });
  });

  it("goes through any journal file, and says of a foreign one that it is none", async () => {
    expect((await run("verify", join(directory.path, "journal/000000.ring"))).code).toBe(EXIT.done);
    const text = join(directory.path, "../notes.txt");
    await writeFile(text, "nothing to see");
    expect((await run("verify", text)).errors).toContain("notes.txt has no batches");
  });
});

describe("moldau log dump", () => {
  it("prints batches", async () => {
    expect((await run("dump", "--topic", "orders")).out).toMatchInlineSnapshot(`
      "orders-0  offsets 0..1  2 records  103 bytes  none  CreateTime 2026-01-31T12:00:00.001Z  epoch 0  journal group 1  at DIR/journal/000000.ring:4160  crc ok
      orders-0  offset 2  1 record  103 bytes  gzip  CreateTime 2026-01-31T12:00:00.000Z  epoch 0  journal group 2  at DIR/journal/000000.ring:8256  crc ok
      orders-1  offset 0  1 record  78 bytes  none  CreateTime 2026-01-31T12:00:00.000Z  epoch 0  producer 7/2 sequence 5  transactional  journal group 3  at DIR/journal/000000.ring:12352  crc ok
      orders-1  offset 1  1 record  78 bytes  none  CreateTime 2026-01-31T12:00:00.000Z  epoch 0  producer 7/2 sequence -1  transactional  control  journal group 4  at DIR/journal/000000.ring:16448  crc ok
      "
    `);
  });

  it("prints records, and nothing that a terminal would obey", async () => {
    expect(
      (await run("dump", "--records")).out
        .split("\n")
        .filter((line) => line.startsWith("  "))
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "  0  2026-01-31T12:00:00.000Z  OffsetCommit {"group":"shop","topic":"orders","partition":0} = {"offset":3,"leaderEpoch":-1,"metadata":"","commitTimestamp":1769860800000,"expireTimestamp":-1,"topicId":"AAAAAAAAAAAAAAAAAAAAAA"}
        0  2026-01-31T12:00:00.000Z  Transaction {"transactionalId":"bank"} = {"producerId":7,"previousProducerId":-1,"nextProducerId":-1,"producerEpoch":2,"nextProducerEpoch":-1,"transactionTimeoutMs":60000,"transactionStatus":"CompleteAbort","transactionPartitions":[{"topic":"orders","partitionIds":[1]}],"transactionLastUpdateTimestampMs":1769860800000,"transactionStartTimestampMs":1769860800000,"clientTransactionVersion":0}
        0  2026-01-31T12:00:00.000Z  key "k1"  value "first"  headers "trace"="1"
        1  2026-01-31T12:00:00.001Z  key "k2"  value "a\\u001b[31m\\tred\\n"
        2  2026-01-31T12:00:00.000Z  key "k1"  value "third"  headers "trace"="1"
        0  2026-01-31T12:00:00.000Z  key null  value 0xff00  headers "trace"="1"
        1  2026-01-31T12:00:00.000Z  ABORT marker, coordinator epoch 3"
    `);
  });

  it("keeps to what is asked for", async () => {
    const offsets = async (...flags: readonly string[]) =>
      objects((await run("dump", "--topic", "orders", "--records", "--json", ...flags)).out)
        .filter(({ type }) => type === "record")
        .map(({ partition, offset }) => `${partition}:${offset}`);
    expect(await offsets()).toEqual(["0:0", "0:1", "0:2", "1:0", "1:1"]);
    expect(await offsets("--partition", "0", "--offset", "1..2")).toEqual(["0:1", "0:2"]);
    expect(await offsets("--offset", "..0")).toEqual(["0:0", "1:0"]);
    expect(await offsets("--max", "2")).toEqual(["0:0", "0:1"]);
  });

  it("has keys and values for programs, as text or in base64, and internal records decoded", async () => {
    const records = objects((await run("dump", "--records", "--json")).out).filter(({ type }) => type === "record");
    const of = (topic: string) => records.filter((record) => record.topic === topic);
    expect(of("orders")[0]).toMatchObject({ key: "k1", value: "first", headers: [{ key: "trace", value: "1" }] });
    expect(of("orders")[3]).toMatchObject({ key: null, valueBase64: "/wA=", sequence: 5 });
    expect(of("orders")[4]).toMatchObject({ control: "ABORT", coordinatorEpoch: 3 });
    expect(of("__consumer_offsets")[0]?.decoded).toMatchObject({ kind: "OffsetCommit", key: { group: "shop" }, value: { offset: 3 } });
    expect(of("__transaction_state")[0]?.decoded).toMatchObject({ value: { transactionStatus: "CompleteAbort" } });
  });

  it("goes on behind a damaged batch", async () => {
    const { code, out } = await damaged(4096 + 64 + 80, () => run("dump", "--topic", "orders", "--partition", "0"));
    expect(code).toBe(EXIT.damaged);
    expect(out).toContain("DAMAGED: the batch is not what was written");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });

  it("refuses what makes no sense, with a sentence", async () => {
    const reason = async (...args: readonly string[]) => (await run("dump", ...args)).errors;
    expect(await reason("--offset", "9..3")).toBe("moldau: --offset 9..3 has no offsets: the first is beyond the last.\n");
    expect(await reason("--offset", "new")).toContain('"new" is not');
    expect(await reason("--max", "-1")).toContain("--max needs a number");
    expect(await reason("nowhere")).toContain("nowhere does not exist");
    expect((await run("dump", "--frob")).code).toBe(EXIT.usage);
  });
});

describe("a .log file of Kafka's", () => {
  /** Batches one behind the other, as Kafka has them: of partition 0 of orders, from the journal's groups. */
  async function kafkaLog(): Promise<string> {
    const ring = await readFile(join(directory.path, "journal/000000.ring"));
    const batches = objects((await run("dump", "--topic", "orders", "--partition", "0", "--json")).out).map(({ position, sizeBytes }) =>
      ring.subarray(Number(position), Number(position) + Number(sizeBytes)),
    );
    const folder = join(directory.path, "../orders-0");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "00000000000000000000.log"), Buffer.concat(batches));
    return join(folder, "00000000000000000000.log");
  }

  it("is inspected, verified and dumped", async () => {
    const path = await kafkaLog();
    expect((await run("verify", path)).code).toBe(EXIT.done);
    expect((await run("inspect", path)).out).toContain("orders-0");
    const [first] = objects((await run("dump", path, "--json")).out);
    expect(first).toMatchObject({ topic: "orders", partition: 0, baseOffset: 0, lastOffset: 1, position: 0, isIntact: true });
  });

  it("is read on behind damage, and its cut-off end is normal", async () => {
    const path = await kafkaLog();
    const copy = join(directory.path, "../orders-0/damaged.log");
    await copyFile(path, copy);
    const whole = await readFile(path);
    // The first batch's length: only a look at every byte finds the second one.
    await flip(copy, 9);
    const found = await run("verify", copy);
    expect(found.code).toBe(EXIT.damaged);
    expect(found.out).toContain("damaged.log at byte 0");
    expect(objects((await run("dump", copy, "--json")).out).filter(({ type }) => type === "batch")).toMatchObject([{ baseOffset: 2 }]);
    await writeFile(copy, whole.subarray(0, whole.length - 5));
    const cut = await run("verify", copy);
    expect(cut).toMatchObject({ code: EXIT.done, out: expect.stringContaining("the last batch is cut off") });
  });
});
