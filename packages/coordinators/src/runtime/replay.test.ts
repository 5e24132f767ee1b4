// What loading tells a machine of transactions: whose records they are, and how they end.
import { systemTimers } from "@moldau/env";
import { buildBatch, controlBatch } from "@moldau/records";
import { millis } from "@moldau/std";
import { expect, it } from "vitest";
import type { Machine, TransactionEnd } from "./machine.js";
import { replay } from "./replay.js";
import { testLog } from "./testing/test-log.js";
import { decodeText, encodeText } from "./testing/text.js";

/** Its state is what it was told. */
const listening: Pick<Machine<string[], never, string, never>, "empty" | "apply" | "decode"> = {
  empty: () => [],
  apply: (state, event) => void state.push(event),
  decode: (key, _value, producer) => decodeText(key) + (producer ? ` by ${producer.id}.${producer.epoch}` : ""),
};
const hearingMarkers = {
  ...listening,
  decodeMarker: ({ producerId, producerEpoch, coordinatorEpoch, commit }: TransactionEnd) =>
    `${commit ? "commit" : "abort"} ${producerId}.${producerEpoch} at ${coordinatorEpoch}`,
};

const batch = (
  key: string,
  producer: { readonly producerId?: number; readonly producerEpoch?: number; readonly transactional?: boolean } = {},
) => buildBatch({ records: [{ key: encodeText(key), value: encodeText("v") }], ...producer });
const marker = (type: "COMMIT" | "ABORT", producerId: number) =>
  controlBatch({ type, producerId, producerEpoch: 3, coordinatorEpoch: 9, timestamp: 1 });
const leaderChange = buildBatch({ records: [{ key: Buffer.of(0, 0, 0, 2), value: Buffer.of(0) }], control: true });
const damaged = buildBatch({
  records: [{ key: Buffer.of(0), value: Buffer.of(0) }],
  producerId: 5,
  producerEpoch: 0,
  transactional: true,
  control: true,
});

const BATCHES = [
  batch("plain"),
  batch("open", { producerId: 7, producerEpoch: 3, transactional: true }),
  batch("idempotent", { producerId: 7, producerEpoch: 3 }),
  leaderChange,
  marker("COMMIT", 7),
  damaged,
  batch("last"),
  marker("ABORT", 8),
];

async function heard(machine: typeof listening) {
  const unreadable: string[] = [];
  const replayed = await replay({
    log: testLog(BATCHES),
    machine,
    clock: { now: () => millis(0), monotonicMs: () => 0 },
    timers: systemTimers,
    wanted: () => true,
    unreadable: (_offset, reason) => void unreadable.push(reason),
  });
  return { told: replayed?.state, unreadable };
}

it("tells whose transaction records are part of, and how transactions end", async () => {
  const { told, unreadable } = await heard(hearingMarkers);
  expect(told).toEqual(["plain", "open by 7.3", "idempotent", "commit 7.3 at 9", "last", "abort 8.3 at 9"]);
  expect(unreadable).toEqual(["a control record has no type"]);
});

it("passes over markers where a machine has no use for them", async () => {
  expect((await heard(listening)).told).toEqual(["plain", "open by 7.3", "idempotent", "last"]);
});
