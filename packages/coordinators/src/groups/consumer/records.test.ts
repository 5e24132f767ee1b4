// Records of consumer groups that Kafka 4.3.1 wrote: read, and written again byte for byte.

import { versionedPrefix } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { decodeConsumer, encodeConsumer } from "./records.js";

const WRITTEN_BY_KAFKA = {
  consumerGroup: [
    "00030027632d6d77747633696c742d7261772d672d67706c617965642d32362d6e65772d67726f75703131",
    "000000000002010008cbef940ae462ab4e",
  ],
  consumerTarget: [
    "00070021632d6d77747633696c742d7261772d672d67706c617965642d33382d67726f7570000162",
    "00000254dda9f9238d4c70afd0f54d2bd1c98505000000000000000100000002000000030000",
  ],
  consumerTargets: [
    "00060027632d6d77747633696c742d7261772d672d67706c617965642d32362d6e65772d67726f75703131",
    "000000000002010008000001a20a9d1cb4",
  ],
  consumerRegex: [
    "00100021632d6d77747633696c742d7261772d672d67706c617965642d32382d67726f7570001e632d6d77747633696c742d7261772d672d67706c617965642d746f706963",
    "0000021f632d6d77747633696c742d7261772d672d67706c617965642d746f706963000000000000126a000001a20a9d1cff00",
  ],
  consumerMember: [
    "00050021632d6d77747633696c742d7261772d672d67706c617965642d33382d67726f757000165a6b78374a656955514d71506337506158375f597441",
    "0000000002610b2f3132372e302e302e310227632d6d77747633696c742d7261772d672d67706c617965642d746f7069632d6f662d666f75720100002710000100410100002710020672616e6765330000000000010026632d6d77747633696c742d7261772d672d67706c617965642d746f7069632d6f662d666f7572ffffffff0000",
  ],
  consumerCurrent: [
    "00080021632d6d77747633696c742d7261772d672d67706c617965642d33312d67726f757000086d656d6265722d61",
    "000000000002000000020101026229eb6e26514d18969b583b2f5420650400000000000000010000000201000d0400000002000000020000000200",
  ],
} as const;

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const decode = (key: string, value: string | null) =>
  decodeConsumer(versionedPrefix(bytes(key)), bytes(key), value === null ? null : bytes(value));

describe.each(Object.entries(WRITTEN_BY_KAFKA))("a record of kind %s", (kind, [key, value]) => {
  it("is written as Kafka writes it", () => {
    const event = decode(key, value);
    expect(event?.kind).toBe(kind);
    const written = event && encodeConsumer(event);
    expect(Buffer.from(written?.key ?? []).toString("hex")).toBe(key);
    expect(Buffer.from(written?.value ?? []).toString("hex")).toBe(value);
  });

  it("may be a tombstone", () => {
    const event = decode(key, null);
    expect(event).toMatchObject({ kind, value: undefined });
    const written = event && encodeConsumer(event);
    expect(Buffer.from(written?.key ?? []).toString("hex")).toBe(key);
    expect(written?.value).toBe(null);
  });
});

it("tells what a member has from what it is to give up, with the epoch of each", () => {
  const event = decode(...WRITTEN_BY_KAFKA.consumerCurrent);
  expect(event).toMatchObject({ memberId: "member-a", value: { memberEpoch: 2, previousMemberEpoch: 2, state: "unrevoked" } });
  if (event?.kind !== "consumerCurrent" || !event.value) throw new Error("not a current assignment");
  expect([...event.value.assigned.values()]).toEqual([]);
  expect([...event.value.pendingRevocation.values()]).toEqual([{ partitions: [0, 1, 2], epochs: [2, 2, 2] }]);
});

it("leaves other kinds of records alone", () => {
  expect(decodeConsumer(2, bytes("0002000167"), null)).toBe(undefined);
});
