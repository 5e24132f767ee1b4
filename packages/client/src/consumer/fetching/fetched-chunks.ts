// What was fetched and not handed out yet, in order of arrival; and how many bytes of which broker's answers it keeps in memory.
//
// An answer lies in one piece of memory, which is free when all its chunks are gone.
import type { PartitionState } from "../positions/partition-state.js";
import type { ReadableBatch } from "./readable-batches.js";

/** One partition's part of one answer. */
export interface Chunk {
  readonly state: PartitionState;
  readonly incarnation: number;
  readonly bytes: Uint8Array;
  readonly next: () => ReadableBatch | undefined;
  /** Where the partition is read up to when the chunk is. */
  readonly endOffset: number;
  readonly endEpoch: number;
  readonly highWatermark: number;
}

export interface FetchedChunks {
  add(nodeId: number, chunks: readonly Chunk[]): void;
  /** The oldest; those of a partition that has been sought elsewhere since are dropped. */
  first(): Chunk | undefined;
  /** The first is read. */
  removeFirst(): void;
  /** Drops those that will never be handed out. */
  sweep(): void;
  /** Bytes of that broker's answers that are still in memory. */
  bytesOf(nodeId: number): number;
}

interface Answer {
  readonly nodeId: number;
  readonly bytes: number;
  chunks: number;
}

/** A queue whose front moves: what lies before it is cut off now and then. */
const CUT_AFTER = 64;

export function fetchedChunks(): FetchedChunks {
  let queue: { readonly chunk: Chunk; readonly answer: Answer }[] = [];
  let front = 0;
  const held = new Map<number, number>();

  const release = (answer: Answer) => {
    if (--answer.chunks === 0) held.set(answer.nodeId, (held.get(answer.nodeId) ?? 0) - answer.bytes);
  };
  const removeFirst = () => {
    const entry = queue[front];
    if (!entry) return;
    release(entry.answer);
    if (++front >= CUT_AFTER || front === queue.length) {
      queue = queue.slice(front);
      front = 0;
    }
  };
  const isStale = ({ state, incarnation }: Chunk) => state.incarnation !== incarnation;

  return {
    add(nodeId, chunks) {
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      const answer = { nodeId, bytes, chunks: chunks.length };
      held.set(nodeId, (held.get(nodeId) ?? 0) + bytes);
      for (const chunk of chunks) queue.push({ chunk, answer });
    },
    first() {
      for (let entry = queue[front]; entry !== undefined; entry = queue[front]) {
        if (!isStale(entry.chunk)) return entry.chunk;
        removeFirst();
      }
      return undefined;
    },
    removeFirst,
    sweep() {
      const all = queue.slice(front);
      queue = all.filter(({ chunk }) => !isStale(chunk));
      front = 0;
      for (const { chunk, answer } of all) if (isStale(chunk)) release(answer);
    },
    bytesOf: (nodeId) => held.get(nodeId) ?? 0,
  };
}
