// The way to one broker: batches of many partitions gathered into requests, a bounded number of them under way.
//
// Nothing waits while the broker has nothing to do. While it has, what comes is batched: that is where batches come from without lingering.
import { Produce } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import type { BrokerConnection } from "../connection/broker-connection.js";
import type { Gate } from "./gate.js";
import type { ProducerSettings } from "./options.js";
import type { Readiness } from "./partition-queue.js";
import { type Answer, answersOf, BY_NAME, type Item, needNames, produceRequest } from "./produce-request.js";
import type { Slot } from "./slot.js";

/** What a lane is told by the rest of the producer, and tells it. */
export interface LaneContext {
  readonly cluster: Cluster;
  readonly settings: ProducerSettings;
  /** Nobody waits for more records. */
  isFlushing(): boolean;
  readonly gate: Pick<Gate, "admits" | "maxVersion">;
  taken(slot: Slot): void;
  answered(item: Item, answer: Answer): void;
  /** No answer came: whether the batch is stored is not known. */
  failed(item: Item, error: unknown): void;
  /** The broker cannot be reached. */
  unreachable(slots: readonly Slot[], error: unknown): void;
}

export interface Lane {
  /** The partition, which this broker leads, may have something to send. Sent at once, or with all that comes in this turn. */
  wake(slot: Slot, atOnce: boolean): void;
  /** It is led by another now. */
  leave(slot: Slot): void;
  close(): void;
}

const PURPOSE = "produce";
/** With as many requests under way, only full batches go. */
const BUSY = 2;

export function laneTo(nodeId: number, context: LaneContext): Lane {
  const { cluster, settings } = context;
  const { clock, timers } = cluster.settings.world;
  const timeoutMs = Math.min(cluster.settings.requestTimeoutMs, settings.deliveryTimeoutMs);
  const ready = new Set<Slot>();
  let connection: BrokerConnection | undefined;
  let connecting = false;
  let inFlight = 0;
  let scheduled = false;
  let closed = false;
  let timer: { readonly cancel: () => void; readonly atMs: number } | undefined;

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      pump();
    });
  };
  const wakeAt = (atMs: number) => {
    if (timer && timer.atMs <= atMs) return;
    timer?.cancel();
    const elapsed = () => {
      timer = undefined;
      pump();
    };
    const { cancel } = timers.after(Math.max(1, atMs - clock.monotonicMs()), elapsed, true);
    timer = { cancel, atMs };
  };

  const readiness = (): Readiness => {
    if (context.isFlushing()) return "all";
    return inFlight >= BUSY ? "full" : "waited";
  };
  const gather = (): readonly Item[] => {
    const nowMs = clock.monotonicMs();
    const which = readiness();
    const items: Item[] = [];
    let bytes = 0;
    let laterMs = Number.POSITIVE_INFINITY;
    for (const slot of ready) {
      const { queue } = slot;
      if (bytes > 0 && bytes + settings.batchBytes > settings.requestBytes) break;
      if (!queue.hasWork) ready.delete(slot);
      else if (context.gate.admits(slot)) {
        const batch = queue.take(nowMs, which);
        if (!batch) laterMs = Math.min(laterMs, later(slot, nowMs));
        else {
          items.push({ slot, batch });
          bytes += batch.sizeBytes;
          context.taken(slot);
        }
      }
    }
    // Those that were served go to the end: each partition has its turn.
    for (const { slot } of items) {
      ready.delete(slot);
      if (slot.queue.hasWork) ready.add(slot);
    }
    if (items.length === 0 && laterMs < Number.POSITIVE_INFINITY) wakeAt(laterMs);
    return items;
  };
  const later = ({ queue }: Slot, nowMs: number): number => {
    const atMs = queue.readyAtMs();
    // What waits for an answer is woken by it.
    return atMs === undefined || atMs <= nowMs ? Number.POSITIVE_INFINITY : atMs;
  };

  const pump = () => {
    while (!closed && inFlight < settings.maxInFlight && ready.size > 0) {
      if (!connection?.isOpen) return void connect();
      const items = gather();
      if (items.length === 0) return;
      void dispatch(connection, items);
    }
  };
  const connect = async () => {
    if (connecting) return;
    connecting = true;
    try {
      connection = await cluster.connection(nodeId, PURPOSE);
    } catch (error) {
      const slots = [...ready];
      ready.clear();
      context.unreachable(slots, error);
    } finally {
      connecting = false;
    }
    pump();
  };
  const dispatch = async (over: BrokerConnection, items: readonly Item[]) => {
    inFlight++;
    const outcome = await exchange(over, items).catch((error: unknown) => ({ error }));
    inFlight--;
    items.forEach((item, i) => {
      if ("error" in outcome) context.failed(item, outcome.error);
      else context.answered(item, outcome[i] ?? UNHEARD);
    });
    pump();
  };
  const exchange = async (over: BrokerConnection, items: readonly Item[]): Promise<readonly Answer[]> => {
    const request = produceRequest(items, { ...settings, transactionalId: settings.transactionalId ?? null, timeoutMs });
    const allowed = context.gate.maxVersion();
    const maxVersion = needNames(items) ? Math.min(BY_NAME, allowed ?? BY_NAME) : allowed;
    if (settings.acks !== 0) return answersOf(items, await over.request(Produce, request, { timeoutMs, maxVersion }));
    await over.tell(Produce, request, { maxVersion });
    return [];
  };

  return {
    wake(slot, atOnce) {
      ready.add(slot);
      if (atOnce) pump();
      else schedule();
    },
    leave: (slot) => void ready.delete(slot),
    close() {
      closed = true;
      timer?.cancel();
      ready.clear();
    },
  };
}

/** For acks 0, which brokers do not answer. */
const UNHEARD: Answer = { errorCode: 0, baseOffset: -1, appendedAtMs: -1, message: null };
