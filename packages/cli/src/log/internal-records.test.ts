import * as protocol from "@moldau/protocol";
import { encodeVersioned, type Message } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { decodeInternal } from "./internal-records.js";

/** All kinds of keys that internal topics have. */
const keys = Object.entries(protocol).flatMap(([name, one]) =>
  name.endsWith("Key") && typeof one === "object" && "recordType" in one && one.recordType !== undefined
    ? [{ name, key: one as Message }]
    : [],
);
const topicOf = (name: string) =>
  name.startsWith("TransactionLog")
    ? "__transaction_state"
    : /^Share(Snapshot|Update)/.test(name)
      ? "__share_group_state"
      : "__consumer_offsets";

describe("records of internal topics", () => {
  it("are decoded whatever their kind", () => {
    expect(keys.length).toBeGreaterThan(20);
    for (const { name, key } of keys) {
      const bytes = new Uint8Array(64);
      new DataView(bytes.buffer).setInt16(0, key.recordType ?? -1);
      const decoded = decodeInternal(topicOf(name), { key: bytes, value: null });
      expect(decoded?.value, name).toBeNull();
      expect(`${decoded?.kind}Key`).toContain(name.replace(/^Legacy|Log(?=Key)/g, ""));
    }
  });

  it("have what consumers put into groups decoded as well", () => {
    const { GroupMetadataKey, GroupMetadataValue, ConsumerProtocolSubscription } = protocol;
    const subscription = encodeVersioned(ConsumerProtocolSubscription, 1, { topics: ["orders"], userData: null, ownedPartitions: [] });
    const member = { memberId: "a", clientId: "c", clientHost: "h", sessionTimeout: 1, subscription, assignment: new Uint8Array() };
    const group = { protocolType: "consumer", generation: 1, protocol: "range", leader: "a", members: [member] };
    const key = encodeVersioned(GroupMetadataKey, 0, { group: "shop" });
    const decoded = decodeInternal("__consumer_offsets", { key, value: encodeVersioned(GroupMetadataValue, 3, group) });
    expect(decoded).toMatchObject({
      kind: "GroupMetadata",
      key: { group: "shop" },
      value: { members: [{ subscription: { topics: ["orders"] } }] },
    });
  });

  it("are left as they are when they are none", () => {
    expect(decodeInternal("orders", { key: new Uint8Array(8), value: null })).toBeUndefined();
    expect(decodeInternal("__consumer_offsets", { key: Uint8Array.of(1), value: null })).toBeUndefined();
    expect(decodeInternal("__consumer_offsets", { key: Uint8Array.of(0x7f, 0), value: null })).toBeUndefined();
    expect(decodeInternal("__consumer_offsets", { key: null, value: null })).toBeUndefined();
  });
});
