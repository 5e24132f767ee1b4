// Who owns which partition, and what is committed, as the members of a group see it; and what must never be.
//
// A claim holds from the answer that gives the partition until the member lets go of it, or until it must take itself for dead: a
// session's length after it sent the last heartbeat that was answered. The coordinator's session begins later, so it ends later.
import type { VirtualTime } from "../time/virtual-time.js";

export interface Ledger {
  /** The member owns exactly these from now on; before it says so to anybody, it lets go of the others. */
  owns(member: string, partitions: readonly number[]): void;
  /** A heartbeat (or join) sent at that time was answered. */
  heardOf(member: string, sentMs: number): void;
  /** What a fetch of the committed offset that was sent at a time when `atLeast` held must not be below. */
  committed(partition: number): number;
  /** A commit was acknowledged. */
  commit(member: string, partition: number, offset: number): void;
  /** A fetch was answered. `before`: what was committed when it was sent. */
  fetched(member: string, partition: number, offset: number, before: number): void;
  /** Whether each of the first partitions has exactly one living owner. */
  isSettled(partitionCount: number): boolean;
  /** For those who look why not. */
  text(): string;
  readonly faults: readonly string[];
}

export function ledger(time: VirtualTime, sessionMs: number): Ledger {
  const claims = new Map<string, ReadonlySet<number>>();
  const heard = new Map<string, number>();
  const offsets = new Map<number, number>();
  const faults: string[] = [];
  const at = () => `at ${time.nowMs().toFixed(1)} ms`;
  const isAlive = (member: string) => (heard.get(member) ?? Number.NEGATIVE_INFINITY) + sessionMs > time.nowMs();
  const ownersOf = (partition: number) =>
    [...claims].filter(([member, owned]) => owned.has(partition) && isAlive(member)).map(([member]) => member);

  return {
    owns(member, partitions) {
      claims.set(member, new Set(partitions));
      for (const partition of partitions) {
        const owners = ownersOf(partition);
        if (owners.length > 1) faults.push(`${at()} partition ${partition} is owned by ${owners.join(" and ")}`);
      }
    },
    heardOf: (member, sentMs) => void heard.set(member, Math.max(sentMs, heard.get(member) ?? 0)),
    committed: (partition) => offsets.get(partition) ?? -1,
    commit(member, partition, offset) {
      const before = offsets.get(partition) ?? -1;
      if (offset < before) faults.push(`${at()} ${member} committed ${offset} of partition ${partition}, where ${before} was committed`);
      offsets.set(partition, offset);
    },
    fetched(member, partition, offset, before) {
      if (offset < before)
        faults.push(`${at()} ${member} was told offset ${offset} of partition ${partition}, where ${before} was committed`);
    },
    isSettled: (partitionCount) =>
      Array.from({ length: partitionCount }, (_, partition) => ownersOf(partition)).every(({ length }) => length === 1),
    text: () => [...claims].map(([member, owned]) => `${member}${isAlive(member) ? "" : " (lapsed)"}: ${[...owned].join(" ")}`).join("; "),
    faults,
  };
}
