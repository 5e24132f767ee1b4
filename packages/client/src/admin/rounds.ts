// Asks for many items, each of the broker that it belongs to, in as few requests as that takes; what failed but may succeed is asked for
// again, of whichever broker it belongs to by then.
import { type Api, ProtocolError, type ResponseOf } from "@moldau/protocol";
import { backoffMs, pause } from "../cluster/backoff.js";
import type { Cluster } from "../cluster/cluster.js";
import type { Asking } from "../connection/broker-connection.js";
import { ClientError } from "../errors.js";
import { failed, type Outcome, type PerItem, perItem } from "./outcome.js";

export interface AdminOptions {
  /** How long to go on trying; the client's requestTimeoutMs by default. */
  readonly timeoutMs?: number | undefined;
  /** Rejects with the signal's reason. What was sent may still be carried out. */
  readonly signal?: AbortSignal | undefined;
}

/** Where items are asked for. */
export interface Route<Item> {
  /** Node id. Rejects with ClientError. */
  brokerOf(item: Item): Promise<number>;
  /** Called before items are asked for again: what was known of their brokers may be wrong. */
  renew(items: readonly Item[]): Promise<void>;
}

/** Sends one request to one broker. Rejects with ClientError; UNSUPPORTED_BY_BROKER also for what its version has no place for. */
export type Ask = <A extends Api>(nodeId: number, api: A, asking: Asking<A>, maxVersion?: number) => Promise<ResponseOf<A>>;

/** One request about items of one broker. Rejects with ClientError, which then is the error of each. */
export type AskFor<Item, Value> = (ask: Ask, nodeId: number, items: readonly Item[]) => Promise<readonly Outcome<Item, Value>[]>;

/** A topic that was just created is not known to every broker at once; one that does not exist should not take long to say so. */
const UNKNOWN_TOPIC_TRIES = 3;

/** In the order of the items. Rejects as a whole with the signal's reason, or with what is no ClientError. */
export const inRounds = <Item, Value>(
  cluster: Cluster,
  items: readonly Item[],
  route: Route<Item>,
  askFor: AskFor<Item, Value>,
  options: AdminOptions = {},
): PerItem<Item, Value> => perItem(settle(cluster, items, route, askFor, options));

/** What a broker's answer says of things that were asked for under these names; what nobody asked for is left out. */
export function matched<Item, Answer, Value>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  answers: readonly Answer[],
  answerKeyOf: (answer: Answer) => string,
  outcomeOf: (item: Item, answer: Answer) => Outcome<Item, Value>,
): readonly Outcome<Item, Value>[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  return answers.flatMap((answer) => {
    const item = byKey.get(answerKeyOf(answer));
    return item === undefined ? [] : [outcomeOf(item, answer)];
  });
}

async function settle<Item, Value>(
  cluster: Cluster,
  items: readonly Item[],
  route: Route<Item>,
  askFor: AskFor<Item, Value>,
  { timeoutMs, signal }: AdminOptions,
): Promise<readonly Outcome<Item, Value>[]> {
  const { settings } = cluster;
  const { clock } = settings.world;
  const until = clock.monotonicMs() + (timeoutMs ?? settings.requestTimeoutMs);
  const outcomes = new Map<Item, Outcome<Item, Value>>();
  const ask = askOf(cluster, until, signal);
  let pending = items;
  for (let round = 1; pending.length > 0; round++) {
    signal?.throwIfAborted();
    if (round > 1) await abortable(route.renew(pending), signal);
    for (const one of await roundOf(pending, route, (nodeId, some) => askFor(ask, nodeId, some))) outcomes.set(one.item, one);
    const waitMs = backoffMs(settings, round);
    if (clock.monotonicMs() + waitMs >= until) break;
    pending = pending.filter((item) => mayRetry(outcomes.get(item)?.error, round));
    if (pending.length > 0) await pause(settings, waitMs, signal);
  }
  return items.map((item) => outcomes.get(item) ?? failed(item, new ClientError("UNKNOWN_SERVER_ERROR", "the broker did not answer this")));
}

const mayRetry = (error: ClientError | undefined, round: number): boolean =>
  error?.retriable === true && (error.code !== "UNKNOWN_TOPIC_OR_PARTITION" || round < UNKNOWN_TOPIC_TRIES);

async function roundOf<Item, Value>(
  items: readonly Item[],
  route: Route<Item>,
  askFor: (nodeId: number, items: readonly Item[]) => Promise<readonly Outcome<Item, Value>[]>,
): Promise<readonly Outcome<Item, Value>[]> {
  const lost: Outcome<Item, Value>[] = [];
  const byBroker = new Map<number, Item[]>();
  const routed = await Promise.all(items.map((item) => caught(route.brokerOf(item))));
  items.forEach((item, at) => {
    const nodeId = routed[at];
    if (nodeId instanceof ClientError) lost.push(failed(item, nodeId));
    else if (nodeId !== undefined) {
      const some = byBroker.get(nodeId) ?? [];
      some.push(item);
      byBroker.set(nodeId, some);
    }
  });
  const answers = await Promise.all(
    [...byBroker].map(async ([nodeId, some]) => {
      const answer = await caught(askFor(nodeId, some));
      return answer instanceof ClientError ? some.map((item) => failed(item, answer)) : answer;
    }),
  );
  return [...lost, ...answers.flat()];
}

/** A ClientError as a value. */
async function caught<Value>(promise: Promise<Value>): Promise<Value | ClientError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
}

/** Requests that end when the time or the caller's patience does. */
export function askOf({ connection, settings }: Cluster, until: number, signal?: AbortSignal): Ask {
  return async (nodeId, api, asking, maxVersion) => {
    const leftMs = Math.max(1, Math.min(until - settings.world.clock.monotonicMs(), settings.requestTimeoutMs));
    try {
      const line = await abortable(connection(nodeId, "admin"), signal);
      return await abortable(line.request(api, asking, { timeoutMs: leftMs, maxVersion }), signal);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new ClientError("UNSUPPORTED_BY_BROKER", `the broker's ${api.name} has no place for this: ${error.message}`, { cause: error });
    }
  };
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
