// Fetch sessions (KIP-227): the broker remembers which partitions a consumer fetches and what it was last told, so that requests and
// responses carry only what changed.
import type { Clock, Random } from "@moldau/env";

/** What a client asks of one partition. */
export interface PartitionRequest {
  /** Topic id where the version has it (13+), else name. */
  readonly topic: string;
  readonly index: number;
  readonly fetchOffset: number;
  readonly currentLeaderEpoch: number;
  readonly lastFetchedEpoch: number;
  readonly maxBytes: number;
}

/** A partition within a session: the request, and what the client was last told. */
export interface SessionPartition {
  request: PartitionRequest;
  toldHighWatermark: number;
  toldLogStartOffset: number;
}

export interface FetchSession {
  readonly id: number;
  /** Whether topics are named by id. */
  readonly byTopicId: boolean;
  epoch: number;
  lastUsedMs: number;
  /** In the order they are to be served: those that got data move to the end, so that none starves. */
  readonly partitions: Map<string, SessionPartition>;
  /** About what it takes. */
  bytes: number;
}

const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const MAX_EPOCH = 2 ** 31 - 1;
/**
 * What all sessions may remember: about as much as 300,000 partitions of topics with short names. A client that asks for more than is left
 * is served without a session, which is always allowed.
 */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
/** What a partition takes, its topic's name aside. */
const PARTITION_BYTES = 200;
/** A session unused for this long may be evicted for a new one. */
const EVICTABLE_AFTER_MS = 120_000;

export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly byTopicId: boolean;
  readonly partitions: readonly PartitionRequest[];
  readonly forgotten: readonly { readonly topic: string; readonly index: number }[];
}

export type SessionOutcome =
  /** Everything that was asked is answered. `session` when one was made for it. */
  | { readonly kind: "full"; readonly partitions: readonly SessionPartition[]; readonly session: FetchSession | undefined }
  /** Only what changed is answered. */
  | { readonly kind: "incremental"; readonly partitions: readonly SessionPartition[]; readonly session: FetchSession }
  | {
      readonly kind: "error";
      readonly error: "FETCH_SESSION_ID_NOT_FOUND" | "INVALID_FETCH_SESSION_EPOCH" | "FETCH_SESSION_TOPIC_ID_ERROR";
    };

export interface FetchSessions {
  resolve(request: SessionRequest): SessionOutcome;
  count(): number;
}

export function fetchSessions(clock: Clock, random: Random, slots: () => number): FetchSessions {
  // Least recently used first.
  const sessions = new Map<number, FetchSession>();
  let rememberedBytes = 0;

  const forget = (session: FetchSession): void => {
    sessions.delete(session.id);
    rememberedBytes -= session.bytes;
  };

  const touch = (session: FetchSession) => {
    session.lastUsedMs = clock.monotonicMs();
    sessions.delete(session.id);
    sessions.set(session.id, session);
  };

  const makeRoom = (): boolean => {
    const capacity = slots();
    if (sessions.size < capacity) return true;
    const [oldest] = sessions.values();
    if (!oldest || capacity === 0 || clock.monotonicMs() - oldest.lastUsedMs < EVICTABLE_AFTER_MS) return false;
    forget(oldest);
    return true;
  };

  const create = ({ byTopicId, partitions }: SessionRequest): SessionOutcome => {
    const wanted = distinct(partitions);
    const served = [...wanted.values()];
    const bytes = bytesOf(wanted.keys());
    if (wanted.size === 0 || rememberedBytes + bytes > REMEMBERED_BYTES || !makeRoom())
      return { kind: "full", partitions: served, session: undefined };
    const session: FetchSession = { id: freeId(), byTopicId, epoch: 1, lastUsedMs: clock.monotonicMs(), partitions: wanted, bytes };
    sessions.set(session.id, session);
    rememberedBytes += bytes;
    return { kind: "full", partitions: served, session };
  };

  const freeId = (): number => {
    for (;;) {
      const id = 1 + Math.floor(random.float() * (MAX_EPOCH - 1));
      if (!sessions.has(id)) return id;
    }
  };

  const change = (session: FetchSession, { partitions, forgotten }: SessionRequest): void => {
    for (const partition of partitions) {
      const known = session.partitions.get(keyOf(partition));
      if (known) known.request = partition;
      else session.partitions.set(keyOf(partition), fresh(partition));
    }
    for (const partition of forgotten) session.partitions.delete(keyOf(partition));
    if (partitions.length + forgotten.length === 0) return;
    rememberedBytes -= session.bytes;
    session.bytes = bytesOf(session.partitions.keys());
    rememberedBytes += session.bytes;
  };

  const proceed = (request: SessionRequest): SessionOutcome => {
    const session = sessions.get(request.sessionId);
    if (!session) return { kind: "error", error: "FETCH_SESSION_ID_NOT_FOUND" };
    if (session.epoch !== request.sessionEpoch) return { kind: "error", error: "INVALID_FETCH_SESSION_EPOCH" };
    if (session.byTopicId !== request.byTopicId) return { kind: "error", error: "FETCH_SESSION_TOPIC_ID_ERROR" };
    change(session, request);
    if (session.partitions.size === 0) {
      forget(session);
      return { kind: "full", partitions: [], session: undefined };
    }
    if (rememberedBytes > REMEMBERED_BYTES) {
      // The client begins anew, and is served without a session.
      forget(session);
      return { kind: "error", error: "FETCH_SESSION_ID_NOT_FOUND" };
    }
    session.epoch = session.epoch === MAX_EPOCH ? 1 : session.epoch + 1;
    touch(session);
    return { kind: "incremental", partitions: [...session.partitions.values()], session };
  };

  return {
    count: () => sessions.size,
    resolve(request) {
      if (request.sessionEpoch !== INITIAL_EPOCH && request.sessionEpoch !== FINAL_EPOCH) return proceed(request);
      const replaced = sessions.get(request.sessionId);
      if (replaced) forget(replaced);
      if (request.sessionEpoch === INITIAL_EPOCH) return create(request);
      return { kind: "full", partitions: [...distinct(request.partitions).values()], session: undefined };
    },
  };
}

/** Moves partitions that got data behind the others. */
export function rotate(session: FetchSession, served: readonly SessionPartition[]): void {
  for (const partition of served) {
    const key = keyOf(partition.request);
    if (session.partitions.delete(key)) session.partitions.set(key, partition);
  }
}

/** Of a partition named twice, what was asked last. */
function distinct(partitions: readonly PartitionRequest[]): Map<string, SessionPartition> {
  return new Map(partitions.map((request) => [keyOf(request), fresh(request)]));
}

function bytesOf(keys: Iterable<string>): number {
  let bytes = 0;
  for (const key of keys) bytes += key.length + PARTITION_BYTES;
  return bytes;
}

function fresh(request: PartitionRequest): SessionPartition {
  return { request, toldHighWatermark: -1, toldLogStartOffset: -1 };
}

function keyOf({ topic, index }: { readonly topic: string; readonly index: number }): string {
  return `${topic}/${index}`;
}
