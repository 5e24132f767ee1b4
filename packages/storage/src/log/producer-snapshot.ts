// What the catalog keeps of a partition's producers: the state as the partition's owner gave it, and the facts of batches after it
// that reached extents while the log had no owner to ask (only after a restart, before the log is opened).
//
//   ┌─────────┬─────────────┬──────────────┬───────┬─────────────┬──────────────────────────┐
//   │ form 1  │ through f64 │ state bytes  │ state │ facts count │ facts: 7 × f64 each      │
//   └─────────┴─────────────┴──────────────┴───────┴─────────────┴──────────────────────────┘
//
// Little-endian. No bytes at all: no state, no facts, through is the row's end offset.
//
// Invariant: the facts stay few. Nothing is appended to a log without an owner, so they never exceed what one journal held.
import { assert } from "@moldau/std";
import type { BatchFacts, RecoveredProducers } from "./log.js";

const FORM = 1;
const FACT_BYTES = 7 * 8;
const NONE = new Uint8Array(0);
/** A batch without a producer id says nothing about producers. */
const NO_PRODUCER_ID = -1;

/** The facts that matter to a producer's state. */
export const ofProducers = (facts: readonly BatchFacts[]): readonly BatchFacts[] =>
  facts.filter(({ producerId }) => producerId !== NO_PRODUCER_ID);

export function encodeProducers({ producers, producersThrough, tail }: RecoveredProducers): Uint8Array {
  const facts = ofProducers(tail);
  if (producers.length === 0 && facts.length === 0) return NONE;
  const bytes = new Uint8Array(1 + 8 + 4 + producers.length + 4 + facts.length * FACT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORM);
  view.setFloat64(1, producersThrough, true);
  view.setUint32(9, producers.length, true);
  bytes.set(producers, 13);
  let at = 13 + producers.length;
  view.setUint32(at, facts.length, true);
  at += 4;
  for (const fact of facts) {
    const { baseOffset, lastOffset, maxTimestamp, producerId, producerEpoch, baseSequence, attributes } = fact;
    for (const value of [baseOffset, lastOffset, maxTimestamp, producerId, producerEpoch, baseSequence, attributes]) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

/** `endOffset` is the row's: what the state covers when none was stored. */
export function decodeProducers(bytes: Uint8Array, endOffset: number): RecoveredProducers {
  if (bytes.length === 0) return { producers: NONE, producersThrough: endOffset, tail: [] };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assert(view.getUint8(0) === FORM, "the stored producer state has a known form");
  const stateBytes = view.getUint32(9, true);
  let at = 13 + stateBytes;
  const count = view.getUint32(at, true);
  at += 4;
  const next = (): number => {
    at += 8;
    return view.getFloat64(at - 8, true);
  };
  const tail: BatchFacts[] = [];
  for (let i = 0; i < count; i++) {
    tail.push({
      baseOffset: next(),
      lastOffset: next(),
      maxTimestamp: next(),
      producerId: next(),
      producerEpoch: next(),
      baseSequence: next(),
      attributes: next(),
    });
  }
  return { producers: bytes.slice(13, 13 + stateBytes), producersThrough: view.getFloat64(1, true), tail };
}
