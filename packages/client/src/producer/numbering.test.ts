import { expect, it } from "vitest";
import { abandoned, acknowledged, forgotten, numbered, repaired, startNumbering } from "./numbering.js";

const start = startNumbering({ producerId: 7, producerEpoch: 0 });

it("counts records, and goes around at 2^31", () => {
  expect(numbered(numbered(start, 10), 5)).toMatchObject({ next: 15, acknowledged: 0, fault: "none" });
  expect(numbered({ ...start, next: 2 ** 31 - 3 }, 5).next).toBe(2);
  expect(acknowledged(start, 2 ** 31 - 3, 5).acknowledged).toBe(2);
});

it("closes the gap of a batch that was refused: what follows has its numbers", () => {
  const sent = acknowledged(numbered(start, 30), 0, 10);
  expect(repaired(abandoned(sent, false))).toMatchObject({ producerEpoch: 0, next: 10, fault: "none" });
});

it("raises the epoch when numbers may be used", () => {
  const sent = acknowledged(numbered(start, 30), 0, 10);
  const anew = { producerId: 7, producerEpoch: 1, next: 0, acknowledged: 0, fault: "none" };
  expect(repaired(abandoned(sent, true))).toEqual(anew);
  expect(repaired(forgotten(sent))).toEqual(anew);
  expect(repaired(abandoned(abandoned(sent, true), false))).toEqual(anew);
});

it("forgets the doubt when what came after is stored", () => {
  const sent = abandoned(numbered(start, 20), true);
  expect(acknowledged(sent, 10, 10)).toMatchObject({ acknowledged: 20, next: 20, fault: "none" });
});

it("says when there is no further epoch", () => {
  expect(repaired(forgotten({ ...start, producerEpoch: 2 ** 15 - 2 }))).toMatchObject({ producerEpoch: 2 ** 15 - 1 });
  expect(repaired(forgotten({ ...start, producerEpoch: 2 ** 15 - 1 }))).toBeUndefined();
});
