// The slab pool: made as needed, used again oldest first, never under a reader or an unwritten group.
import { memoryDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { slabPool } from "./slab-pool.js";
import { manualTime } from "./testing/manual-time.js";

const SLAB = 64 * 1024;

function poolOf(maxSlabs = 4) {
  const time = manualTime();
  const pool = slabPool({ disk: memoryDisk(), clock: time.clock, slabBytes: SLAB, maxSlabs, keepMs: 5_000 });
  /** Takes a slab and fills it. */
  const fill = () => {
    const slab = pool.take(SLAB);
    if (slab) slab.position = SLAB;
    return slab;
  };
  return { pool, time, fill };
}

describe("the slab pool", () => {
  it("gives the same slab until it is full", () => {
    const { pool } = poolOf();
    const slab = pool.take(4096);
    if (slab) slab.position = SLAB - 4096;
    expect(pool.take(4096)).toBe(slab);
    expect(pool.take(8192)).not.toBe(slab);
    expect(pool.sizeBytes).toBe(2 * SLAB);
  });

  it("uses the oldest again at the bound, with a new generation", () => {
    const { fill, pool } = poolOf();
    const slabs = [fill(), fill(), fill(), fill()];
    expect(slabs[0]?.valid(0)).toBe(true);
    expect(fill()).toBe(slabs[0]);
    expect(fill()).toBe(slabs[1]);
    expect(slabs[0]?.valid(0)).toBe(false);
    expect(slabs[0]?.valid(1)).toBe(true);
    expect(pool.sizeBytes).toBe(4 * SLAB);
  });

  it("uses one again before the bound when it was filled a while ago", () => {
    const { fill, pool, time } = poolOf();
    const first = fill();
    fill();
    time.advance(4_999);
    expect(fill()).not.toBe(first);
    time.advance(5_000);
    expect(fill()).toBe(first);
    expect(pool.sizeBytes).toBe(3 * SLAB);
  });

  it("skips slabs that readers hold or groups wait in, and has none when all are", () => {
    const { fill, pool } = poolOf();
    const slabs = [fill(), fill(), fill(), fill()];
    slabs[0]?.retain();
    if (slabs[1]) slabs[1].unwritten++;
    expect(fill()).toBe(slabs[2]);
    for (const slab of [slabs[2], slabs[3]]) if (slab) slab.unwritten++;
    expect(pool.has(SLAB)).toBe(false);
    expect(fill()).toBeUndefined();
    let released = 0;
    pool.onReleased = () => released++;
    slabs[0]?.release();
    expect(released).toBe(1);
    expect(pool.has(SLAB)).toBe(true);
    expect(fill()).toBe(slabs[0]);
  });

  it("sends readers to the journal beyond half of the memory, so that writers always find some", () => {
    const { fill } = poolOf();
    const slabs = [fill(), fill(), fill(), fill()];
    slabs[0]?.retain();
    slabs[1]?.retain();
    expect(slabs.map((slab) => slab?.valid(0))).toEqual([true, true, false, false]);
    slabs[1]?.release();
    expect(slabs[2]?.valid(0)).toBe(true);
  });

  it("makes room for one large group by letting old slabs go, and lets it go later", () => {
    const { fill, pool, time } = poolOf(16);
    for (let i = 0; i < 16; i++) fill();
    const large = pool.take(4 * SLAB);
    expect(large?.bytes.length).toBe(4 * SLAB);
    expect(pool.sizeBytes).toBe(16 * SLAB);
    if (large) large.position = 4 * SLAB;
    fill();
    time.advance(10_000);
    fill();
    expect(large?.valid(0)).toBe(false);
    expect(pool.sizeBytes).toBeLessThanOrEqual(13 * SLAB);
  });

  it("refuses to be released more often than retained", () => {
    const slab = poolOf().fill();
    expect(() => slab?.release()).toThrow(/retained/);
  });
});
