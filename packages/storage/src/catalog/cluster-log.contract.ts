// What every cluster log holds, as tests. Each adapter runs them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterLog } from "./catalog.js";

export interface LogUnderTest {
  readonly log: ClusterLog;
  reopen(): Promise<ClusterLog>;
  close(): Promise<void>;
}

const event = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (entries: readonly { readonly event: Uint8Array }[]) => entries.map((entry) => new TextDecoder().decode(entry.event));

export function describeClusterLog(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name} cluster log`, () => {
    let tested: LogUnderTest;
    let log: ClusterLog;
    beforeEach(async () => {
      tested = await open();
      log = tested.log;
    });
    afterEach(() => tested.close());

    it("is at version 0 when fresh", async () => {
      expect(await log.version()).toBe(0);
      expect(await log.read(0, 10)).toEqual([]);
      expect(await log.readSnapshot()).toBeUndefined();
    });

    it("grows by one version with each event, and keeps their order", async () => {
      expect(await log.append(0, [event("a"), event("b")])).toBe(2);
      expect(await log.append(2, [event("c")])).toBe(3);
      const all = await log.read(0, 10);
      expect(texts(all)).toEqual(["a", "b", "c"]);
      expect(all.map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(texts(await log.read(1, 1))).toEqual(["b"]);
      expect(await log.read(3, 10)).toEqual([]);
    });

    it("appends nothing for whom the log has moved on, or has not yet come so far", async () => {
      await log.append(0, [event("a")]);
      expect(await log.append(0, [event("late")])).toBe("conflict");
      expect(await log.append(2, [event("early")])).toBe("conflict");
      expect(texts(await log.read(0, 10))).toEqual(["a"]);
    });

    it("lets one of several who append at once win", async () => {
      const outcomes = await Promise.all(["a", "b", "c"].map((text) => log.append(0, [event(text)])));
      expect(outcomes.filter((outcome) => outcome === "conflict")).toHaveLength(2);
      expect(await log.version()).toBe(1);
    });

    it("keeps events and version over a restart, empty and large ones too", async () => {
      const large = new Uint8Array(300_000).fill(7);
      await log.append(0, [event(""), large]);
      const again = await tested.reopen();
      expect(await again.version()).toBe(2);
      expect((await again.read(0, 10)).map((entry) => entry.event.length)).toEqual([0, 300_000]);
      expect((await again.read(1, 1))[0]?.event.every((byte) => byte === 7)).toBe(true);
      expect(await again.append(2, [event("c")])).toBe(3);
    });

    it("keeps the newest snapshot", async () => {
      await log.append(0, [event("a"), event("b"), event("c")]);
      await log.writeSnapshot(1, event("through a"));
      await log.writeSnapshot(3, new Uint8Array(2_000_000).fill(3));
      await log.writeSnapshot(2, event("through b"));
      const kept = await (await tested.reopen()).readSnapshot();
      expect(kept?.version).toBe(3);
      expect(kept?.snapshot.length).toBe(2_000_000);
      expect(kept?.snapshot.every((byte) => byte === 3)).toBe(true);
    });

    it("reads on after a snapshot", async () => {
      await log.append(0, [event("a"), event("b")]);
      await log.writeSnapshot(1, event("through a"));
      const { version = 0 } = (await log.readSnapshot()) ?? {};
      expect(texts(await log.read(version, 10))).toEqual(["b"]);
    });
  });
}
