// `moldau produce` and `moldau consume`: what goes in comes out, and both stop in good order.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectsIn, onABroker } from "./on-a-broker.js";

const { moldau, begin, objects } = onABroker();
const done = (out: string) => ({ code: 0, out, errors: "" });
const send = (input: string, ...words: readonly string[]) => begin({ input }, "produce", ...words).ended;
const read = (...words: readonly string[]) => moldau("consume", ...words, "--from", "beginning", "--exit");

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "moldau-cli-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const file = (name: string, bytes: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
};

describe("moldau produce", () => {
  it("sends a record for each line, to a topic that it may create", async () => {
    expect(await send("hello\n\nMoldau", "first")).toEqual(done(""));
    expect(await read("first")).toEqual(done("hello\n\nMoldau\n"));
  });

  it("takes keys, headers and a partition, and packs batches", async () => {
    await moldau("topic", "create", "keyed", "-p", "3");
    const given = ["keyed", "-K", ":", "-H", "trace=1", "-p", "2", "-z", "zstd", "--acks", "1"];
    expect(await send("a:1\nb:2:3\nc:\n", ...given, "--empty-is-null")).toEqual(done(""));
    expect(await objects("consume", "keyed", "--from", "beginning", "--exit")).toMatchObject([
      { topic: "keyed", partition: 2, offset: 0, key: "a", value: "1", headers: [["trace", "1"]], timestamp: expect.any(Number) },
      { offset: 1, key: "b", value: "2:3" },
      { offset: 2, key: "c", value: null },
    ]);
  });

  it("takes what consume --json prints, bytes too", async () => {
    const lines = [
      { key: "a", value: { id: 7 }, headers: { trace: "1" }, timestamp: 1_700_000_000_000 },
      { key: { base64: "/wA=" }, value: null, headers: [["h", null]] },
      { value: "only" },
    ];
    expect(await send(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), "json", "--json")).toEqual(done(""));
    const { out } = await read("json", "--json");
    expect(objectsIn(out)).toMatchObject([
      { key: "a", value: '{"id":7}', headers: [["trace", "1"]], timestamp: 1_700_000_000_000 },
      { key: { base64: "/wA=" }, value: null, headers: [["h", null]] },
      { key: null, value: "only", headers: [] },
    ]);
    expect(await send(out, "copy", "--json")).toEqual(done(""));
    expect((await read("copy", "--json")).out.replaceAll("copy", "json")).toBe(out);
  });

  it("reads files: by line, or whole", async () => {
    const [one, two] = [file("one.txt", "1\n2\n"), file("two.txt", "3\n")];
    expect(await moldau("produce", "files", one, two)).toEqual(done(""));
    expect((await read("files")).out).toBe("1\n2\n3\n");
    const picture = file("picture.png", Buffer.from([0, 10, 255]));
    await moldau("produce", "whole", picture, "--file", "--key", "portrait");
    expect((await read("whole", "--format", "hex")).out).toBe("whole-0 0 key=706f727472616974 value=000aff\n");
  });

  it("says what it did not understand, after it has sent what came before", async () => {
    expect(await send('{"value":"1"}\n{"value"', "half", "--json")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: line 2 of standard input is no record: it is no JSON.
      ",
        "out": "",
      }
    `);
    expect((await read("half")).out).toBe("1\n");
    expect((await send("a:1\nb\n", "half", "-K", ":")).errors).toMatchInlineSnapshot(`
      "moldau: line 2 of standard input has no ":" between key and value.
      "
    `);
    expect((await moldau("produce", "half", join(directory, "absent"))).errors).toContain("absent cannot be read: ENOENT");
    expect((await send("x", "half", "--json", "--file")).code).toBe(2);
  });

  it("says what a broker refused, with how much was sent", async () => {
    await moldau("topic", "create", "small", "-c", "max.message.bytes=200");
    const { code, errors } = await send(`short\n${"long".repeat(100)}\n`, "small");
    expect(code).toBe(1);
    expect(errors).toMatch(/\(MESSAGE_TOO_LARGE\)\nmoldau: Of 2 records \(405 B\) not all were sent\.\n$/);
  });

  it("sends what it has read when it is interrupted, and says so", async () => {
    async function* endless() {
      yield Buffer.from("typed\n");
      await new Promise(() => {});
    }
    await moldau("topic", "create", "typed");
    const writer = begin({ input: endless() }, "produce", "typed");
    expect(await moldau("consume", "typed", "--from", "beginning", "--max", "1")).toEqual(done("typed\n"));
    writer.interrupt();
    expect(await writer.ended).toEqual({
      code: 1,
      out: "",
      errors: "moldau: Interrupted after 1 record (5 B): they were sent, the rest was not read.\n",
    });
  });

  it("goes no faster than it is told to", async () => {
    const startedMs = performance.now();
    expect(await send("1\n2\n3\n4\n5\n6\n", "paced", "--rate", "20")).toEqual(done(""));
    expect(performance.now() - startedMs).toBeGreaterThan(240);
  });
});

describe("moldau consume", () => {
  beforeAll(async () => {
    await moldau("topic", "create", "places");
    const line = (value: string, timestamp: number) => JSON.stringify({ key: value, value, timestamp });
    await send([line("one", 1_000), line("two", 2_000), line("three", 3_000)].join("\n"), "places", "--json");
  });

  it("begins where it is told to", async () => {
    const from = async (...words: readonly string[]) => (await moldau("consume", "places", "--exit", ...words)).out;
    expect(await from("--from", "beginning")).toBe("one\ntwo\nthree\n");
    expect(await from("--from", "1")).toBe("two\nthree\n");
    expect(await from("--from", "1970-01-01T00:00:03Z")).toBe("three\n");
    expect(await from("--from", "99")).toBe("");
    expect(await from("--tail", "2")).toBe("two\nthree\n");
    expect(await from()).toBe("");
  });

  it("prints what it is told to", async () => {
    expect((await read("places", "-K", "\\t", "-D", ";")).out).toBe("one\tone;two\ttwo;three\tthree;");
    expect((await read("places", "--key", "two")).out).toBe("two\n");
    expect((await read("places", "--match", "^t", "--max", "1")).out).toBe("two\n");
    expect((await read("places:0", "--max", "1", "--format", "hex")).out).toBe("places-0 0 key=6f6e65 value=6f6e65\n");
  });

  it("waits for what comes, until Ctrl-C, or until nothing has come for long", async () => {
    await moldau("topic", "create", "coming");
    const reader = begin({}, "consume", "coming", "--from", "beginning");
    await send("first\n", "coming");
    await reader.printed((out) => out === "first\n");
    await send("second\n", "coming");
    await reader.printed((out) => out === "first\nsecond\n");
    reader.interrupt();
    expect(await reader.ended).toEqual(done("first\nsecond\n"));
    expect(await moldau("consume", "coming", "--from", "beginning", "--idle", "1")).toEqual(done("first\nsecond\n"));
  });

  it("goes on where its group has stopped", async () => {
    await moldau("topic", "create", "shared", "-p", "2");
    await send("1\n2\n3\n4\n", "shared", "-p", "0");
    const asGroup = (...words: readonly string[]) => moldau("consume", "shared", "--group", "readers", "--from", "beginning", ...words);
    expect(await asGroup("--max", "3")).toEqual(done("1\n2\n3\n"));
    expect(await objects("group", "describe", "readers")).toMatchObject([
      { groupId: "readers", members: [], partitions: [{ partition: 0, committed: 3, end: 4, lag: 1 }, { partition: 1 }] },
    ]);
    expect(await asGroup("--exit")).toEqual(done("4\n"));
    expect(await asGroup("--exit")).toEqual(done(""));
  });

  it("says what is not there", async () => {
    expect(await moldau("consume", "absent")).toMatchInlineSnapshot(`
      {
        "code": 1,
        "errors": "moldau: There is no topic absent. "moldau topic list" shows those there are.
      ",
        "out": "",
      }
    `);
    expect((await moldau("consume", "places:7")).errors).toBe("moldau: places has 1 partition, and no 7.\n");
    expect((await moldau("consume", "places", "--from", "soon")).errors).toMatchInlineSnapshot(`
      "moldau: --from must be beginning, end, an offset, a time (2026-01-31T12:00:00Z) or how long ago (15m, 2h, 7d), and "soon" is not.
      "
    `);
    expect((await moldau("consume", "places", "--group", "g", "--tail", "3")).code).toBe(2);
    expect((await moldau("consume", "places", "--match", "(")).errors).toContain("--match is no regular expression");
  });
});
