// Classic groups as Kafka 4.3.1 wrote them, and as older ones did.
import { encodeVersioned, GroupMetadataKey, GroupMetadataValue, OffsetCommitKey, ProtocolError } from "@moldau/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClassicEvent } from "./events.js";
import { decodeClassic, encodeClassic } from "./records.js";
import { consumersGroup, member } from "./testing/members.js";

const GROUP = 2;
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hex = (value: Uint8Array | null | undefined) => value && Buffer.from(value).toString("hex");
const keyOf = (group: string) => encodeVersioned(GroupMetadataKey, 0, { group });

/** From __consumer_offsets of a Kafka 4.3.1: a group that was just created, and one with two members, of which the second leads. */
const CREATED = bytes("0003 0000 00000000 ffff ffff 000001a20a88b67b 00000000");
const TWO_MEMBERS = bytes(
  "0003 0008636f6e73756d6572 00000002 000572616e6765 0026612d63316337333530612d643537372d346132352d626531352d626132316335333037313733" +
    "000001a20a88b735 00000002" +
    "0026622d38613735643935372d383362382d343361662d613639302d616132373566616631376664 ffff 000162 000a2f3132372e302e302e31" +
    "00002710 00002710 00000001 6d 00000003 74776f" +
    "0026612d63316337333530612d643537372d346132352d626531352d626132316335333037313733 ffff 000161 000a2f3132372e302e302e31" +
    "00002710 00002710 00000001 6d 00000003 6f6e65",
);

function decoded(value: Uint8Array | null): ClassicEvent {
  const event = decodeClassic(GROUP, keyOf("g"), value);
  if (!event) throw new Error("it is a group's record");
  return event;
}

describe("a classic group's record", () => {
  it("is read as Kafka writes it, and written the same", () => {
    for (const value of [CREATED, TWO_MEMBERS]) expect(hex(encodeClassic(decoded(value))?.value)).toBe(hex(value));
    expect(decoded(CREATED).group).toMatchObject({ phase: "Empty", generation: 0, protocolType: null, leader: null });
    const { group } = decoded(TWO_MEMBERS);
    expect(group).toMatchObject({ phase: "Stable", generation: 2, protocolType: "consumer", protocolName: "range" });
    expect([...(group?.members.values() ?? [])].map(({ clientId, assignment }) => [clientId, Buffer.from(assignment).toString()])).toEqual([
      ["b", "two"],
      ["a", "one"],
    ]);
    expect(group?.leader).toMatch(/^a-/);
  });

  it("is a tombstone when the group is gone, and nothing when only memory keeps it", () => {
    const gone = { kind: "classicGroup", groupId: "g", group: undefined, durable: true } as const;
    expect(encodeClassic(gone)).toEqual({ key: keyOf("g"), value: null });
    expect(decoded(null)).toEqual(gone);
    expect(encodeClassic({ ...gone, durable: false })).toBeUndefined();
  });

  it("is read in every version", () => {
    const fields = {
      protocolType: "consumer",
      generation: 5,
      protocol: "range",
      leader: "a",
      currentStateTimestamp: 99,
      members: [
        {
          memberId: "a",
          groupInstanceId: "i",
          clientId: "c",
          clientHost: "/h",
          rebalanceTimeout: 20,
          sessionTimeout: 10,
          subscription: Uint8Array.of(1),
          assignment: Uint8Array.of(2),
        },
      ],
    };
    for (const version of [0, 1, 2, 3, 4]) {
      const { group } = decoded(encodeVersioned(GroupMetadataValue, version, fields));
      expect(group).toMatchObject({ generation: 5, leader: "a", phaseSinceMs: version >= 2 ? 99 : undefined });
      expect(group?.members.get("a")).toMatchObject({
        instanceId: version >= 3 ? "i" : null,
        rebalanceTimeoutMs: version >= 1 ? 20 : 10,
        sessionTimeoutMs: 10,
      });
      expect(group?.staticMembers.get("i")).toBe(version >= 3 ? "a" : undefined);
    }
  });

  it("keeps all that a generation needs", () => {
    const text = fc.string({ maxLength: 8 });
    const blob = fc.uint8Array({ maxLength: 8 });
    const one = fc.record({
      memberId: text,
      instanceId: fc.option(text),
      clientId: text,
      clientHost: text,
      sessionTimeoutMs: fc.nat(),
      rebalanceTimeoutMs: fc.nat(),
      assignment: blob,
      protocols: blob.map((metadata) => [{ name: "range", metadata }]),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 4 }), (members) => {
        const group = consumersGroup({}, ...members.map(({ memberId, ...rest }) => member(memberId, rest)));
        const written = encodeClassic({ kind: "classicGroup", groupId: "g", group, durable: true });
        const read = decoded(written?.value ?? null).group;
        expect([...(read?.members ?? [])]).toEqual([...group.members]);
        expect(read?.leader).toBe(group.leader);
      }),
      { numRuns: 50 },
    );
  });

  it("is known by its key, and refused when damaged", () => {
    const offsetKey = encodeVersioned(OffsetCommitKey, 0, { group: "g", topic: "t", partition: 0 });
    expect(decodeClassic(1, offsetKey, CREATED)).toBeUndefined();
    expect(() => decoded(TWO_MEMBERS.subarray(0, 60))).toThrow(ProtocolError);
  });
});
