// How dirty a log is, to a limit, and what of it is in the journal, whether anybody has opened it or not.
import { afterEach, beforeEach, expect, it } from "vitest";
import { orders } from "../log/testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "../log/testing/world.js";
import { ORDER, Table } from "./testing/table.js";

let world: World;
let table: Table;
beforeEach(async () => {
  world = await openWorld(memoryMedia());
  table = new Table(await world.store.open(orders(0), countingOwner()));
});
afterEach(() => world.close());

const dirt = (below?: number, olderThanMs?: number) =>
  world.store.dirt(orders(0), below === undefined ? undefined : { below, ...(olderThanMs !== undefined && { olderThanMs }) });
const append = (timestamp: number) => table.append([{ key: "a", value: "1", timestamp }]);

it("counts what extents hold from the last pass on, to a limit in the middle of an extent, or to the first that is too new", async () => {
  for (let i = 0; i < 4; i++) await append(100 + i);
  await world.store.consolidate();
  const batchBytes = table.log.sizeBytes / 4;
  expect(await dirt()).toMatchObject({ cleanBytes: 0, dirtyBytes: 4 * batchBytes, extentsEnd: 4 });
  expect(await dirt(1)).toMatchObject({ cleanBytes: 0, dirtyBytes: batchBytes, extentsEnd: 4 });
  expect(await dirt(0)).toMatchObject({ dirtyBytes: 0 });
  await append(500);
  await world.store.consolidate();
  expect(await dirt(9, 500)).toMatchObject({ dirtyBytes: 4 * batchBytes, extentsEnd: 5 });
  expect(await dirt(9, 103)).toMatchObject({ dirtyBytes: 0 });
  await world.store.compact(table.log, { ...ORDER, below: 5 });
  const { cleanedThrough, cleanBytes, dirtyBytes } = await dirt();
  expect([cleanedThrough, dirtyBytes]).toEqual([4, batchBytes]);
  expect(cleanBytes).toBeLessThan(2 * batchBytes);
});

it("says what of the log is in the journal, and how old it is, also of a log that nobody has opened since the start", async () => {
  expect(await dirt()).toMatchObject({ extentsEnd: 0, journalBytes: 0, journalTimestamp: -1 });
  await append(100);
  await world.store.consolidate();
  const batchBytes = table.log.sizeBytes;
  await append(300);
  await append(200);
  const inJournal = { extentsEnd: 1, journalBytes: 2 * batchBytes, journalTimestamp: 300 };
  expect(await dirt()).toMatchObject(inJournal);
  await world.crash();
  expect(await dirt()).toMatchObject(inJournal);
  table.log = await world.store.open(orders(0), countingOwner());
  expect(await dirt()).toMatchObject(inJournal);
});
