// Which topics a consumer reads: those named, and those that match a pattern, looked for again every few minutes.
import type { Cluster } from "../../cluster/cluster.js";
import { isRetriable } from "../../errors.js";

export interface Subscription {
  /** Names, in order; topics that do not exist (yet) are among them when they are named. */
  topics(): readonly string[];
  /** Finds the topics for the first time. Rejects with ClientError. */
  ready(): Promise<void>;
  /** Called when topics or their numbers of partitions have changed. */
  onChange(changed: () => void): void;
  /** How many partitions each topic has; topics that do not exist are left out. */
  partitionCounts(): ReadonlyMap<string, number>;
}

export function subscriptionOf(
  cluster: Cluster,
  wanted: readonly (string | RegExp)[],
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Subscription {
  const { metadata, settings } = cluster;
  const names = wanted.filter((one) => typeof one === "string");
  const patterns = wanted.filter((one) => one instanceof RegExp);
  const listeners: (() => void)[] = [];
  let topics: readonly string[] = [];
  let counts: ReadonlyMap<string, number> = new Map();
  let known = "";
  let started: Promise<void> | undefined;

  const look = async () => {
    const matching =
      patterns.length === 0
        ? []
        : (await metadata.all()).filter((topic) => !topic.isInternal && patterns.some((pattern) => matches(pattern, topic.name)));
    topics = [...new Set([...names, ...matching.map(({ name }) => name)])].sort();
    if (topics.length > 0) await metadata.refresh(topics);
    counts = new Map(
      topics.flatMap((name) => {
        const topic = metadata.known(name);
        return topic ? [[name, topic.partitions.length] as const] : [];
      }),
    );
    const now = JSON.stringify([topics, [...counts]]);
    if (now === known) return;
    const isFirst = known === "";
    known = now;
    if (!isFirst) for (const changed of listeners) changed();
  };
  const keepLooking = async () => {
    for (;;) {
      // What is missing is waited for; what is there seldom changes.
      const waitMs =
        counts.size < topics.length || topics.length === 0 ? Math.min(settings.metadataMaxAgeMs, MISSING_MS) : settings.metadataMaxAgeMs;
      await cluster.pause(waitMs, signal);
      await look().catch((error) => {
        if (!isRetriable(error)) throw error;
      });
    }
  };
  const start = async () => {
    await cluster.retrying({ withinMs: Number.POSITIVE_INFINITY, signal }, look);
    keepLooking().catch((error) => {
      if (!signal.aborted) failed(error);
    });
  };
  return {
    topics: () => topics,
    ready: () => (started ??= start()),
    onChange: (changed) => void listeners.push(changed),
    partitionCounts: () => counts,
  };
}

/** A topic that does not exist is looked for as often. */
const MISSING_MS = 1_000;

/** Patterns with state (g, y) would remember where they were. */
function matches(pattern: RegExp, name: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(name);
}
