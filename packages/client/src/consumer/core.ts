// A consumer put together: fetching, positions, what is handed out, commits and the group, around the partitions that it holds.
import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import type { GroupIdentity } from "../producer/transaction/offsets.js";
import { autoCommitOf, uncommitted } from "./auto-commit.js";
import { bellOf } from "./bell.js";
import { commitsOf } from "./commits.js";
import type { PartitionLag } from "./consumer.js";
import { type Delivery, deliveryOf } from "./delivery.js";
import { fetchedChunks } from "./fetching/fetched-chunks.js";
import { fetcherOf } from "./fetching/fetcher.js";
import { groupCoordinator } from "./group/coordinator.js";
import { fetchOffsets, type OffsetToCommit } from "./group/offsets.js";
import { sourceOf } from "./group/source.js";
import { holdingsOf } from "./holdings.js";
import type { IterationWorld } from "./iteration.js";
import type { ConsumerOptions, ConsumerSettings } from "./options.js";
import { leaderSearch } from "./positions/leaders.js";
import { listOffsets } from "./positions/list-offsets.js";
import { type PartitionState, refetch, seek } from "./positions/partition-state.js";
import { startingPoints } from "./positions/starting-points.js";
import { isChecked } from "./positions/truncation.js";
import { keyOf } from "./topic-partition.js";

export interface ConsumerCore<Key, Value> {
  readonly states: ReadonlyMap<string, PartitionState>;
  readonly delivery: Delivery<Key, Value>;
  readonly iteration: IterationWorld;
  /** No loop runs over the consumer at the moment. */
  loopEnded(): void;
  groupIdentity(): GroupIdentity | undefined;
  commit(offsets?: readonly OffsetToCommit[]): Promise<void>;
  seek(state: PartitionState, offset: number): void;
  pause(states: readonly PartitionState[]): void;
  resume(states: readonly PartitionState[]): void;
  lag(): Promise<readonly PartitionLag[]>;
  close(withinMs: number): Promise<void>;
}

const REVOKE_COMMIT_MS = 10_000;
const CLOSE_AFTER_FAILURE_MS = 5_000;
const NAME_BYTES = 6;

export function consumerCore<Key, Value>(
  cluster: Cluster,
  settings: ConsumerSettings,
  options: ConsumerOptions<Key, Value>,
): ConsumerCore<Key, Value> {
  const { world } = cluster.settings;
  const ending = new AbortController();
  const { signal } = ending;
  const name = `consumer ${Buffer.from(world.random.bytes(NAME_BYTES)).toString("hex")}`;
  const bell = bellOf(world.timers);
  const handed = bellOf(world.timers);
  const chunks = fetchedChunks();
  let failure: unknown;
  let closing: Promise<void> | undefined;
  let isBegun = false;
  let isInLoop = false;

  const failed = (error: unknown) => {
    if (signal.aborted || failure !== undefined) return;
    failure = error;
    bell.ring();
    // Others get what a consumer holds that cannot go on, also when nobody closes it.
    void close(CLOSE_AFTER_FAILURE_MS);
  };
  const delivery = deliveryOf<Key, Value>(chunks, options.deserializers ?? {}, () => fetcher.wake());
  const coordinator = settings.group === undefined ? undefined : groupCoordinator(cluster, settings.group, name);
  const identity = () => source.identity();
  const commits = coordinator && commitsOf({ cluster, coordinator, identity, signal });
  const autoCommit = autoCommitOf({
    cluster,
    everyMs: settings.autoCommitMs === false ? undefined : settings.autoCommitMs,
    commits,
    delivery,
    states: () => holdings.states.values(),
    signal,
    failed,
  });
  const holdings = holdingsOf({
    delivery,
    chunks,
    handed,
    callbacks: options,
    commitProcessed: (states) => autoCommit.commit(states, REVOKE_COMMIT_MS),
    begin(states) {
      starting.find(states);
      fetcher.wake();
    },
  });
  const wake = () => fetcher.wake();
  const leaders = leaderSearch(cluster, signal, wake, failed);
  const starting = startingPoints({
    cluster,
    settings,
    signal,
    committed: async (places) => (coordinator ? fetchOffsets(coordinator, places, settings.isolation === "read_committed") : new Map()),
    isOurs: holdings.isOurs,
    found: wake,
    failed,
  });
  const outOfRange = (state: PartitionState) => {
    starting.reset(state);
    chunks.sweep();
  };
  const truncation = { cluster, leaders, checked: wake, outOfRange, failed };
  const fetcher = fetcherOf({
    cluster,
    settings,
    purpose: `fetch of ${name}`,
    signal,
    partitions: () => holdings.states.values(),
    chunks,
    leaders,
    isChecked: (state, leaderEpoch) => isChecked(truncation, state, leaderEpoch),
    outcomes: { arrived: bell.ring, outOfRange, failed },
    failed,
  });
  const source = sourceOf({
    cluster,
    settings,
    name,
    coordinator,
    holdings,
    isBusy: () => delivery.hasInHand() || !isInLoop,
    signal,
    failed,
  });

  const asked = () => {
    source.asked();
    if (!delivery.hasInHand()) return;
    delivery.processed();
    handed.ring();
  };
  const left = () => {
    delivery.giveBack();
    handed.ring();
    fetcher.wake();
  };
  const iteration: IterationWorld = {
    clock: world.clock,
    timers: world.timers,
    begin() {
      isInLoop = true;
      if (isBegun || closing) return;
      isBegun = true;
      source.start();
      autoCommit.start();
    },
    asked,
    left,
    bell,
    isEnded: () => closing !== undefined,
    failure: () => failure,
  };

  const end = async (withinMs: number) => {
    bell.ring();
    const limit = cluster.pause(withinMs, signal).catch(() => {});
    while (delivery.hasInHand()) if ((await Promise.race([handed.heard(), limit.then(() => "late")])) === "late") delivery.giveBack();
    if (isBegun) await Promise.race([source.end().catch(() => {}), cluster.pause(withinMs, signal).catch(() => {})]);
    ending.abort(new ClientError("CLOSED", "the consumer was closed"));
    cluster.brokers.hangUp(`fetch of ${name}`);
    coordinator?.hangUp();
    await holdings.lose([]);
    chunks.sweep();
  };

  const close = (withinMs: number) => (closing ??= end(withinMs));

  return {
    states: holdings.states,
    delivery,
    iteration,
    loopEnded() {
      isInLoop = false;
    },
    groupIdentity() {
      const member = settings.group === undefined ? undefined : identity();
      if (!member || settings.group === undefined) return undefined;
      return { groupId: settings.group, generationId: member.epoch, memberId: member.memberId, groupInstanceId: member.instanceId };
    },
    async commit(offsets) {
      if (!commits) throw new ClientError("INVALID_ARGUMENT", "a consumer without a group has nowhere to commit to");
      if (offsets) return commits.commit(offsets, cluster.settings.requestTimeoutMs);
      delivery.processed();
      handed.ring();
      const processed = uncommitted(delivery, holdings.states.values());
      await commits.commit(processed, cluster.settings.requestTimeoutMs);
      for (const { state, offset } of processed) state.committed = offset;
    },
    seek(state, offset) {
      if (delivery.isInHand(state)) delivery.processed();
      seek(state, offset);
      chunks.sweep();
      fetcher.wake();
    },
    pause(states) {
      for (const state of states) {
        state.paused = true;
        refetch(state);
      }
      chunks.sweep();
    },
    resume(states) {
      for (const state of states) state.paused = false;
      fetcher.wake();
    },
    async lag() {
      const states = [...holdings.states.values()].filter(({ position }) => position >= 0);
      return cluster.retrying({ signal }, async () => {
        const ends = await listOffsets(cluster, states, "latest", settings.isolation);
        return states.map((state) => {
          const end = ends.get(keyOf(state));
          if (!end || end instanceof ClientError) throw end ?? new ClientError("UNKNOWN_TOPIC_OR_PARTITION", `${state.key} is gone`);
          return { topic: state.topic, partition: state.partition, lag: Math.max(0, end.offset - state.position) };
        });
      });
    },
    close,
  };
}
