// Fetches from all brokers at once: each has one request under way, while there is room for what it may bring. It runs while the program
// works, so that the next records are there when they are asked for.
import { errorByCode, Fetch, type ResponseOf } from "@moldau/protocol";
import { backoffMs } from "../../cluster/backoff.js";
import type { Cluster } from "../../cluster/cluster.js";
import { errorOf, isRetriable } from "../../errors.js";
import { type Bell, bellOf } from "../bell.js";
import type { ConsumerSettings } from "../options.js";
import { type LeaderSearch, leaderOf } from "../positions/leaders.js";
import { isFetchable, type PartitionState } from "../positions/partition-state.js";
import { keyOf } from "../topic-partition.js";
import { type Asked, type FetchOutcomes, takeAnswer } from "./fetch-answer.js";
import { fetchRequest, maxFetchVersion } from "./fetch-request.js";
import { type FetchSession, fetchSession, type Wanted } from "./fetch-session.js";
import type { FetchedChunks } from "./fetched-chunks.js";

export interface Fetcher {
  /** Something may be fetched that could not before: a partition came, was sought or resumed, memory was freed. */
  wake(): void;
}

export interface FetcherWorld {
  readonly cluster: Cluster;
  readonly settings: ConsumerSettings;
  /** Names the connections of this consumer: a fetch waits long, and others would wait behind it. */
  readonly purpose: string;
  readonly signal: AbortSignal;
  readonly partitions: () => Iterable<PartitionState>;
  readonly chunks: FetchedChunks;
  readonly leaders: LeaderSearch;
  /** Whether the leader's log still holds what was read (KIP-320); asks if that is not known, and the partition waits. */
  readonly isChecked: (state: PartitionState, leaderEpoch: number) => boolean;
  readonly outcomes: FetchOutcomes;
  readonly failed: (error: unknown) => void;
}

/** Less room than this part of all is no reason to ask: answers would be many and small. */
const ROOM_PART = 4;

export function fetcherOf(world: FetcherWorld): Fetcher {
  const { cluster, partitions, signal, failed } = world;
  const lines = new Map<number, Bell>();

  const wake = () => {
    if (signal.aborted) return;
    for (const state of partitions()) {
      const nodeId = isFetchable(state) ? nodeOf(world, state) : undefined;
      if (nodeId === undefined || lines.has(nodeId)) continue;
      const bell = bellOf(cluster.settings.world.timers);
      lines.set(nodeId, bell);
      fetchFrom(world, nodeId, bell, () => lines.size).catch((error) => {
        if (!signal.aborted) failed(error);
      });
    }
    for (const bell of lines.values()) bell.ring();
  };
  signal.addEventListener("abort", () => {
    for (const bell of lines.values()) bell.ring();
  });
  return { wake };
}

/** Where the partition is fetched from; undefined when that must be found out first, which then begins. */
function nodeOf({ cluster, leaders }: FetcherWorld, state: PartitionState): number | undefined {
  const { replica } = state;
  if (replica && replica.untilMs > cluster.settings.world.clock.monotonicMs()) return replica.nodeId;
  const leader = leaderOf(cluster, state);
  if (!leader) leaders.lost(state);
  return leader?.nodeId;
}

async function fetchFrom(world: FetcherWorld, nodeId: number, bell: Bell, lineCount: () => number): Promise<void> {
  const { cluster, settings, signal, chunks, leaders } = world;
  const session = fetchSession();
  let failures = 0;
  while (!signal.aborted) {
    const budget = Math.ceil(settings.prefetchBytes / lineCount());
    const room = budget - chunks.bytesOf(nodeId);
    const asked = room * ROOM_PART >= budget ? wantedFrom(world, nodeId) : new Map<string, Asked>();
    if (asked.size === 0) {
      await bell.heard();
      continue;
    }
    try {
      await fetchOnce(world, nodeId, session, asked, Math.min(room, settings.fetchMaxBytes));
      failures = 0;
    } catch (error) {
      session.restart();
      if (signal.aborted || !isRetriable(error)) throw error;
      for (const { state } of asked.values()) {
        state.replica = undefined;
        leaders.lost(state);
      }
      await cluster.pause(backoffMs(cluster.settings, ++failures), signal);
    }
  }
}

function wantedFrom(world: FetcherWorld, nodeId: number): Map<string, Asked> {
  const { cluster, settings, isChecked } = world;
  const asked = new Map<string, Asked>();
  for (const state of world.partitions()) {
    if (!isFetchable(state) || nodeOf(world, state) !== nodeId) continue;
    const leader = leaderOf(cluster, state);
    if (!leader || isAnother(world, state, leader.topicId) || !isChecked(state, leader.leaderEpoch)) continue;
    const { topic, partition, fetchPosition: fetchOffset, incarnation } = state;
    const wanted: Wanted = {
      topic,
      topicId: leader.topicId,
      partition,
      fetchOffset,
      currentLeaderEpoch: leader.leaderEpoch,
      partitionMaxBytes: settings.partitionMaxBytes,
    };
    asked.set(state.key, { state, incarnation, wanted });
  }
  return asked;
}

/** Offsets mean nothing in the topic that has taken the place of the one they were of. */
function isAnother({ outcomes }: FetcherWorld, state: PartitionState, topicId: string): boolean {
  const before = state.topicId;
  state.topicId = topicId;
  if (before === undefined || before === topicId) return false;
  outcomes.outOfRange(state);
  return true;
}

async function fetchOnce(
  world: FetcherWorld,
  nodeId: number,
  session: FetchSession,
  asked: ReadonlyMap<string, Asked>,
  maxBytes: number,
): Promise<void> {
  const { cluster, settings, purpose, outcomes } = world;
  const connection = await cluster.connection(nodeId, purpose);
  const question = session.ask(new Map([...asked].map(([key, { wanted }]) => [key, wanted])));
  const answer = await connection.request(Fetch, fetchRequest(question, settings, maxBytes), {
    maxVersion: maxFetchVersion([...asked.values()].map(({ wanted }) => wanted)),
    timeoutMs: settings.fetchMaxWaitMs + cluster.settings.requestTimeoutMs,
  });
  if (isLostSession(answer.errorCode)) return session.restart();
  const failure = errorOf(answer.errorCode);
  if (failure) throw failure;
  session.answered(answer.sessionId);
  takeAnswer(world, nodeId, answers(answer, asked), outcomes);
}

function isLostSession(errorCode: number): boolean {
  const { name } = errorByCode(errorCode);
  return name === "FETCH_SESSION_ID_NOT_FOUND" || name === "INVALID_FETCH_SESSION_EPOCH" || name === "FETCH_SESSION_TOPIC_ID_ERROR";
}

/** The answers with what they answer: by topic id, or by name. */
function* answers(answer: ResponseOf<typeof Fetch>, asked: ReadonlyMap<string, Asked>) {
  const names = new Map([...asked.values()].map(({ wanted }) => [wanted.topicId, wanted.topic]));
  for (const { topic, topicId, partitions } of answer.responses) {
    const name = topic === "" ? names.get(topicId) : topic;
    for (const partition of partitions) {
      const one = name === undefined ? undefined : asked.get(keyOf({ topic: name, partition: partition.partitionIndex }));
      // A broker may still answer what was forgotten in the same request.
      if (one) yield { ...one, answer: partition };
    }
  }
}
