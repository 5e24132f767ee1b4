import { beforeEach, expect, it } from "vitest";
import { ClientError } from "../errors.js";
import { type Intake, intake } from "./intake.js";
import type { PreparedRecord } from "./record.js";
import type { TopicState } from "./topics.js";

const RECORD_BYTES = 100;
const known: TopicState = { name: "known", slots: [{} as never], sticky: {} as never };
const unknown = { name: "unknown", slots: [] as never[], sticky: {} as never };
let found: { readonly yes: () => void; readonly no: (error: Error) => void };
let nowMs = 0;
let arrived: string[] = [];
let lost: ClientError[] = [];
let incoming: Intake;
beforeEach(() => {
  nowMs = 0;
  arrived = [];
  lost = [];
  unknown.slots = [];
  incoming = intake({
    bufferBytes: 2 * RECORD_BYTES,
    deliveryTimeoutMs: 1000,
    monotonicMs: () => nowMs,
    topic: (name) => (name === "known" ? known : unknown),
    find: () =>
      new Promise((yes, no) => {
        found = { yes, no };
      }),
    append(_topic, { value }) {
      if (value === "bad") throw new ClientError("INVALID_ARGUMENT", "bad");
      arrived.push(`${value}`);
      return RECORD_BYTES;
    },
    lost: (error) => lost.push(error),
  });
});

const give = (topic: string, value: string, signal?: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    const record: PreparedRecord = { topic, key: null, value, headers: [], partition: undefined, timestamp: 0 };
    incoming.give(record, () => resolve("delivered"), resolve, signal);
  });

it("lets records in until its bound, and the others in their order when there is room", async () => {
  for (const value of ["a", "b", "c", "d", "e"]) give("known", value);
  expect(arrived).toEqual(["a", "b"]);
  expect(incoming.hasRoom).toBe(false);
  let drained = false;
  const all = incoming.drained().then(() => {
    drained = true;
  });
  incoming.grew(-RECORD_BYTES);
  expect(arrived).toEqual(["a", "b", "c"]);
  expect(drained).toBe(false);
  incoming.grew(-2 * RECORD_BYTES);
  expect(arrived).toEqual(["a", "b", "c", "d", "e"]);
  await all;
});

it("has room again when half of it is free", async () => {
  for (const value of ["a", "b"]) give("known", value);
  let free = false;
  const room = incoming.room().then(() => {
    free = true;
  });
  await Promise.resolve();
  expect(free).toBe(false);
  incoming.grew(-RECORD_BYTES);
  await room;
  expect(incoming.hasRoom).toBe(true);
});

it("keeps records of a topic that is not known, in order, without holding up others", async () => {
  give("unknown", "a");
  give("unknown", "b", AbortSignal.abort("gone"));
  give("unknown", "c");
  give("known", "other");
  expect(arrived).toEqual(["other"]);
  unknown.slots = [{} as never];
  found.yes();
  await incoming.drained();
  await Promise.resolve();
  expect(arrived).toEqual(["other", "a", "c"]);
});

it("gives up the records of a topic that is not found, and the memory they took", async () => {
  const failed = give("unknown", "a");
  expect(incoming.bytes).toBeGreaterThan(0);
  found.no(new ClientError("UNKNOWN_TOPIC_OR_PARTITION", "there is none", { retriable: true }));
  expect(await failed).toMatchObject({ code: "UNKNOWN_TOPIC_OR_PARTITION", topic: "unknown" });
  expect(lost).toHaveLength(1);
  expect(incoming.bytes).toBe(0);
});

it("gives up what waits for room too long, and what cannot be taken", async () => {
  expect(await give("known", "bad")).toMatchObject({ code: "INVALID_ARGUMENT", topic: "known" });
  for (const value of ["a", "b"]) give("known", value);
  const late = give("known", "c");
  nowMs = 1000;
  incoming.expire();
  expect(await late).toMatchObject({ code: "TIMED_OUT", topic: "known", retriable: true });
  expect(lost.map(({ code }) => code)).toEqual(["INVALID_ARGUMENT", "TIMED_OUT"]);
});

it("drops all that waits", async () => {
  const held = give("unknown", "a");
  for (const value of ["b", "c"]) give("known", value);
  const outside = give("known", "d");
  incoming.drop(({ topic }) => new ClientError("CLOSED", "closed", { topic }));
  expect(await held).toMatchObject({ code: "CLOSED", topic: "unknown" });
  expect(await outside).toMatchObject({ code: "CLOSED", topic: "known" });
});
