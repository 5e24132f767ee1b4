// The segment cache: chunks in pooled memory, within a bound. A chunk stays while someone refers to it; of the others, those unused
// for the longest time make room.
//
//   absent → loading → in use ⇄ idle → absent
//
// Invariant: memory goes back to the pool only when no reader refers to the chunk, whatever became of it meanwhile.
import { assert } from "@moldau/std";
import { type ChunkMemory, chunkMemory } from "./chunk-memory.js";

/** A chunk in memory. Its bytes stay until it was released as often as it was given and retained. */
export interface CachedChunk {
  readonly bytes: Uint8Array;
  retain(): void;
  release(): void;
  /** Where the last reader stopped, to find the next batch without walking from the first. */
  resume: { readonly offset: number; readonly position: number };
}

export interface ChunkRequest {
  readonly segmentId: number;
  /** First byte in the segment: with segmentId, the chunk's name. */
  readonly position: number;
  readonly lengthBytes: number;
  /** Fills `into`, which is exactly lengthBytes long, with verified bytes. */
  read(into: Uint8Array): Promise<void>;
  /**
   * Whether to wait for memory when all of it is referred to. Only who holds no other chunk may wait: holders that wait for
   * one another would wait for ever.
   */
  readonly mayWait: boolean;
}

export interface ChunkCache {
  /** The chunk if it is in memory, retained for the caller. */
  get(segmentId: number, position: number): CachedChunk | undefined;
  /** The chunk, retained for the caller, read if need be; several who ask at once share one read. Undefined when there is no memory and `mayWait` is false. */
  load(request: ChunkRequest): Promise<CachedChunk | undefined>;
  /** Whether the chunk is in memory or on its way. */
  has(segmentId: number, position: number): boolean;
  /** The segments are deleted: their chunks go as soon as no one refers to them. */
  forget(segmentIds: readonly number[]): void;
  /** Bytes of memory held, in use or not. */
  readonly heldBytes: number;
}

interface Entry extends CachedChunk {
  readonly key: string;
  readonly segmentId: number;
  readonly memory: Uint8Array;
  references: number;
  /** No longer to be found; its memory goes back with the last reference. */
  detached: boolean;
}

/** A cache that holds at most `maxBytes`. */
export function chunkCache({ maxBytes }: { readonly maxBytes: number }): ChunkCache {
  const memory = chunkMemory(maxBytes);
  const entries = new Map<string, Entry>();
  /** Entries that no one refers to; the first is the one unused for the longest time. */
  const idle = new Map<string, Entry>();
  const loading = new Map<string, Loading>();
  const room = roomInTurn(memory, idle, entries);

  const retain = (entry: Entry) => {
    if (entry.references++ === 0) idle.delete(entry.key);
  };
  const release = (entry: Entry) => {
    assert(entry.references > 0, "a chunk was released more often than retained");
    if (--entry.references > 0) return;
    if (entry.detached) memory.give(entry.memory);
    else idle.set(entry.key, entry);
    room.freed();
  };

  const enter = (key: string, segmentId: number, taken: Uint8Array, lengthBytes: number): Entry => {
    const entry: Entry = {
      key,
      segmentId,
      memory: taken,
      bytes: taken.subarray(0, lengthBytes),
      resume: { offset: -1, position: 0 },
      references: 1,
      detached: false,
      retain: () => retain(entry),
      release: () => release(entry),
    };
    entries.set(key, entry);
    return entry;
  };

  const fill = async (key: string, { segmentId, lengthBytes, read }: ChunkRequest, taken: Uint8Array): Promise<Entry> => {
    try {
      await read(taken.subarray(0, lengthBytes));
    } catch (error) {
      memory.give(taken);
      room.freed();
      throw error;
    }
    return enter(key, segmentId, taken, lengthBytes);
  };

  const start = (key: string, request: ChunkRequest): Promise<Entry> | undefined => {
    const taken = room.take(request.lengthBytes);
    if (taken === undefined && !request.mayWait) return undefined;
    const mine: Loading = { waitsForMemory: taken === undefined, entry: UNSTARTED };
    mine.entry = (async () => {
      try {
        const granted = taken ?? (await room.wait(request.lengthBytes));
        mine.waitsForMemory = false;
        return await fill(key, request, granted);
      } finally {
        loading.delete(key);
      }
    })();
    loading.set(key, mine);
    return mine.entry;
  };

  const get = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry) retain(entry);
    return entry;
  };

  return {
    get: (segmentId, position) => get(chunkKey(segmentId, position)),
    has(segmentId, position) {
      const key = chunkKey(segmentId, position);
      return entries.has(key) || loading.has(key);
    },
    async load(request) {
      const key = chunkKey(request.segmentId, request.position);
      for (;;) {
        const present = get(key);
        if (present) return present;
        const shared = loading.get(key);
        if (shared === undefined) return start(key, request);
        if (shared.waitsForMemory && !request.mayWait) return undefined;
        // Then it is in memory, unless it had to go again before it was our turn.
        await shared.entry;
      }
    },
    forget(segmentIds) {
      const gone = new Set(segmentIds);
      for (const entry of entries.values()) {
        if (!gone.has(entry.segmentId)) continue;
        entries.delete(entry.key);
        entry.detached = true;
        if (idle.delete(entry.key)) memory.give(entry.memory);
      }
      room.freed();
    },
    get heldBytes() {
      return memory.heldBytes;
    },
  };
}

interface Loading {
  /** Memory has not been granted yet: who must not wait for memory must not wait for this either. */
  waitsForMemory: boolean;
  entry: Promise<Entry>;
}

const UNSTARTED = new Promise<never>(() => {});

const chunkKey = (segmentId: number, position: number): string => `${segmentId}:${position}`;

/** Finds room in memory by evicting idle entries; who may wait is served in order of asking. */
function roomInTurn(memory: ChunkMemory, idle: Map<string, Entry>, entries: Map<string, Entry>) {
  const waiting: { readonly lengthBytes: number; readonly serve: (taken: Uint8Array) => void }[] = [];

  const takeNow = (lengthBytes: number): Uint8Array | undefined => {
    for (;;) {
      const taken = memory.take(lengthBytes);
      if (taken !== undefined) return taken;
      const [oldest] = idle.values();
      if (oldest === undefined) return undefined;
      idle.delete(oldest.key);
      entries.delete(oldest.key);
      memory.give(oldest.memory);
    }
  };

  return {
    /** Memory, if there is some that no one waits for. */
    take: (lengthBytes: number): Uint8Array | undefined => (waiting.length === 0 ? takeNow(lengthBytes) : undefined),
    wait: (lengthBytes: number): Promise<Uint8Array> => new Promise((serve) => waiting.push({ lengthBytes, serve })),
    /** Memory may have come free. */
    freed() {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const taken = takeNow(next.lengthBytes);
        if (taken === undefined) return;
        waiting.shift();
        next.serve(taken);
      }
    },
  };
}
