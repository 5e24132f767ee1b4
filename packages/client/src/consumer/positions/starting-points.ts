// Where to begin in partitions that have no position: where the group has come to, else where `from` says.
import { backoffMs } from "../../cluster/backoff.js";
import type { Cluster } from "../../cluster/cluster.js";
import { ClientError, isRetriable } from "../../errors.js";
import type { ConsumerSettings } from "../options.js";
import type { TopicPartition } from "../topic-partition.js";
import { type FoundOffset, listOffsets } from "./list-offsets.js";
import { type PartitionState, seek } from "./partition-state.js";

export interface StartingPoints {
  /** Finds positions for those that have none. */
  find(states: readonly PartitionState[]): void;
  /** The committed offset is of no use: `from` decides. */
  reset(state: PartitionState): void;
}

export interface StartingWorld {
  readonly cluster: Cluster;
  readonly settings: ConsumerSettings;
  readonly signal: AbortSignal;
  /** What the group has committed, by key; absent where it has nothing. One try. */
  readonly committed: (places: readonly TopicPartition[]) => Promise<ReadonlyMap<string, FoundOffset>>;
  readonly isOurs: (state: PartitionState) => boolean;
  readonly found: () => void;
  readonly failed: (error: unknown) => void;
}

type Rule = "committed" | "from";

export function startingPoints(world: StartingWorld): StartingPoints {
  const { cluster, signal, isOurs, found, failed } = world;
  let open = new Map<PartitionState, Rule>();
  let finding = false;

  const round = async (asked: ReadonlyMap<PartitionState, Rule>) => {
    const lacking = [...asked].filter(([state]) => isOurs(state) && state.position < 0);
    const rest = await fromCommitted(
      world,
      lacking.filter(([, rule]) => rule === "committed").map(([state]) => state),
    );
    const byRule = [...rest, ...lacking.filter(([, rule]) => rule === "from").map(([state]) => state)];
    for (const state of await fromRule(world, byRule)) open.set(state, "from");
  };
  const settle = async () => {
    for (let failures = 0; open.size > 0; ) {
      const asked = open;
      open = new Map();
      try {
        await round(asked);
      } catch (error) {
        if (!isRetriable(error)) throw error;
        for (const [state, rule] of asked) if (!open.has(state)) open.set(state, rule);
      }
      found();
      if (open.size === 0) return;
      await cluster.pause(backoffMs(cluster.settings, ++failures), signal);
      await cluster.metadata.refresh([...new Set([...open.keys()].map(({ topic }) => topic))]).catch(ignoreRetriable);
    }
  };
  const begin = () => {
    if (finding) return;
    finding = true;
    settle()
      .catch((error) => {
        if (!signal.aborted) failed(error);
      })
      .finally(() => {
        finding = false;
        if (open.size > 0 && !signal.aborted) begin();
      });
  };
  return {
    find(states) {
      for (const state of states) if (state.position < 0) open.set(state, world.settings.group === undefined ? "from" : "committed");
      if (open.size > 0) begin();
    },
    reset(state) {
      seek(state, -1);
      open.set(state, "from");
      begin();
    },
  };
}

function ignoreRetriable(error: unknown): void {
  if (!isRetriable(error)) throw error;
}

/** Those of which nothing is committed. */
async function fromCommitted({ committed, isOurs }: StartingWorld, states: readonly PartitionState[]): Promise<PartitionState[]> {
  if (states.length === 0) return [];
  const incarnations = states.map(({ incarnation }) => incarnation);
  const offsets = await committed(states);
  return states.filter((state, i) => {
    if (!isOurs(state) || state.incarnation !== incarnations[i]) return false;
    const place = offsets.get(state.key);
    if (!place) return true;
    seek(state, place.offset, place.leaderEpoch);
    state.committed = place.offset;
    return false;
  });
}

/** Those that have to be asked for again. Throws where that would not help. */
async function fromRule({ cluster, settings, isOurs }: StartingWorld, states: readonly PartitionState[]): Promise<PartitionState[]> {
  if (states.length === 0) return [];
  const incarnations = states.map(({ incarnation }) => incarnation);
  const offsets = await listOffsets(cluster, states, settings.from, settings.isolation);
  return states.filter((state, i) => {
    if (!isOurs(state) || state.incarnation !== incarnations[i]) return false;
    const place = offsets.get(state.key);
    if (place instanceof ClientError && !place.retriable) throw place;
    if (!place || place instanceof ClientError || place.offset < 0) return true;
    // The epoch says nothing about what was read: nothing was.
    seek(state, place.offset);
    return false;
  });
}
