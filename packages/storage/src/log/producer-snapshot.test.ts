import { expect, it } from "vitest";
import { decodeProducers, encodeProducers } from "./producer-snapshot.js";

const facts = (baseOffset: number, producerId: number) => ({
  baseOffset,
  lastOffset: baseOffset + 1,
  maxTimestamp: 5,
  producerId,
  producerEpoch: 1,
  baseSequence: 2,
  attributes: 0,
});

it("keeps the owner's state and the facts of producers after it", () => {
  const recovered = { producers: new Uint8Array([1, 2, 3]), producersThrough: 2 ** 40, tail: [facts(2 ** 40, 9), facts(2 ** 40 + 2, -1)] };
  expect(decodeProducers(encodeProducers(recovered), 77)).toEqual({ ...recovered, tail: [facts(2 ** 40, 9)] });
});

it("takes no bytes for a partition without producers", () => {
  const bytes = encodeProducers({ producers: new Uint8Array(0), producersThrough: 50, tail: [facts(50, -1)] });
  expect(bytes).toHaveLength(0);
  expect(decodeProducers(bytes, 60)).toEqual({ producers: new Uint8Array(0), producersThrough: 60, tail: [] });
});
