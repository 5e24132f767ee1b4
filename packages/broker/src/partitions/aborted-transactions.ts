// The aborted transactions of a log. Readers need each of them for as long as its records are there, so what bounds them is the log; they
// are packed, into some six bytes each, in blocks that are passed over, copied and let go as a whole.
//
//   a block's bytes, per transaction as varlongs:
//     last offset − that of the one before │ last offset − first offset │ producer id − that of the one before       (before the first: 0)
//
// Invariant: in the order of last offsets, for that is how transactions end.
import { readVarlong, type VarintCursor, writeVarlong } from "@moldau/std";

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** That of its marker. */
  readonly lastOffset: number;
}

export interface AbortedBlock {
  readonly count: number;
  /** The smallest of their first offsets. */
  readonly firstOffset: number;
  /** The largest of their last offsets. */
  readonly lastOffset: number;
  readonly bytes: Uint8Array;
}

export interface AbortedTransactions {
  add(transaction: AbortedTransaction): void;
  /** Those whose markers are at or after `from` and that began before `to`, which is asked for only when it matters. */
  within(from: number, to: () => number): readonly AbortedTransaction[];
  /** Those that ended below the offset are no more. */
  forgetBelow(offset: number): void;
  /** Those that ended in [from, through). */
  packed(through: number, from?: number): readonly AbortedBlock[];
}

export const TRANSACTIONS_PER_BLOCK = 128;
const VARLONG_BYTES_MAX = 10;
const NOTHING: readonly AbortedTransaction[] = [];

export function abortedTransactions(known: readonly AbortedBlock[]): AbortedTransactions {
  const blocks = [...known];
  // The last one may be filled further.
  let newest = blocks.length > 0 ? unpack(blocks.pop() as AbortedBlock) : [];

  return {
    add(transaction) {
      if (newest.length === TRANSACTIONS_PER_BLOCK) {
        blocks.push(pack(newest));
        newest = [];
      }
      newest.push(transaction);
    },
    within(from, to) {
      const first = firstNotBelow(blocks, from);
      if (first === blocks.length && (newest.at(-1)?.lastOffset ?? -1) < from) return NOTHING;
      const end = to();
      const found: AbortedTransaction[] = [];
      const look = (transactions: readonly AbortedTransaction[]) => {
        for (const one of transactions) if (one.lastOffset >= from && one.firstOffset < end) found.push(one);
      };
      for (let i = first; i < blocks.length; i++) {
        const block = blocks[i] as AbortedBlock;
        if (block.firstOffset < end) look(unpack(block));
      }
      look(newest);
      return found;
    },
    forgetBelow(offset) {
      const left = without(blocks, offset);
      if (left !== blocks) blocks.splice(0, blocks.length, ...left);
      if ((newest[0]?.lastOffset ?? offset) < offset) newest = newest.filter(({ lastOffset }) => lastOffset >= offset);
    },
    packed(through, from = 0) {
      const whole = firstNotBelow(blocks, through);
      const boundary = blocks[whole];
      const rest = (boundary ? unpack(boundary) : newest).filter(({ lastOffset }) => lastOffset < through);
      return without([...blocks.slice(0, whole), ...(rest.length > 0 ? [pack(rest)] : [])], from);
    },
  };
}

/** The same blocks when nothing in them ended below `from`. */
function without(blocks: readonly AbortedBlock[], from: number): readonly AbortedBlock[] {
  const first = firstNotBelow(blocks, from);
  const boundary = blocks[first];
  if (!boundary) return first === 0 ? blocks : [];
  if (boundary.firstOffset >= from) return first === 0 ? blocks : blocks.slice(first);
  const kept = unpack(boundary).filter(({ lastOffset }) => lastOffset >= from);
  if (kept.length === boundary.count) return first === 0 ? blocks : blocks.slice(first);
  return [pack(kept), ...blocks.slice(first + 1)];
}

/** The place of the first block that has a transaction ending at or after `offset`. */
function firstNotBelow(blocks: readonly AbortedBlock[], offset: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle] as AbortedBlock).lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pack(transactions: readonly AbortedTransaction[]): AbortedBlock {
  const bytes = new Uint8Array(3 * VARLONG_BYTES_MAX * transactions.length);
  let at = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let before = { producerId: 0, lastOffset: 0 };
  for (const transaction of transactions) {
    const { producerId, firstOffset, lastOffset } = transaction;
    at = writeVarlong(bytes, at, lastOffset - before.lastOffset);
    at = writeVarlong(bytes, at, lastOffset - firstOffset);
    at = writeVarlong(bytes, at, producerId - before.producerId);
    smallest = Math.min(smallest, firstOffset);
    before = transaction;
  }
  return { count: transactions.length, firstOffset: smallest, lastOffset: before.lastOffset, bytes: bytes.slice(0, at) };
}

function unpack({ count, bytes }: AbortedBlock): AbortedTransaction[] {
  const cursor: VarintCursor = { bytes, position: 0, end: bytes.length };
  const transactions: AbortedTransaction[] = [];
  let producerId = 0;
  let lastOffset = 0;
  for (let left = count; left > 0; left--) {
    lastOffset += readVarlong(cursor);
    const firstOffset = lastOffset - readVarlong(cursor);
    producerId += readVarlong(cursor);
    transactions.push({ producerId, firstOffset, lastOffset });
  }
  return transactions;
}
