// Replay of a ring: follows the groups in sequence, from file to file, until there is no successor, and then judges what that means.
//
//   at the end of the chain, the group with the next sequence is not there, or not whole:
//     a later group says that everything through it was durable  →  it was acknowledged: corruption
//     nothing says so                                            →  nobody was told: a torn tail, or simply the end
//
// Invariant: what is left of a group that was never acknowledged is overwritten or erased before a group is written elsewhere. So
// there are never two groups of one sequence to choose from, and each file begins with a group of the one true sequence, or with none.
import { CorruptionError } from "../errors.js";
import { damagedBatch } from "./group-entries.js";
import type { GroupSequence } from "./journal.js";
import { FIRST_GROUP_AT, type RingFile } from "./ring-file.js";
import type { FoundGroup, RingScan, RingStart } from "./ring-scan.js";

/** Where the ring goes on. Without a file: at the start of any that is free. */
export interface RingEnd {
  readonly nextSequence: GroupSequence;
  readonly place?: Place;
  /** Where else groups were begun that were never acknowledged: to be erased. */
  readonly unfinished: readonly Place[];
}

export interface Place {
  readonly file: RingFile;
  readonly position: number;
}

/** Yields the groups after `after`; returns where the ring goes on. Sets what each file on the way holds. */
export async function* replayRing(files: readonly RingFile[], scan: RingScan, after: GroupSequence): AsyncGenerator<FoundGroup, RingEnd> {
  const starts: RingStart[] = [];
  for (const file of files) starts.push(await scan.startOf(file));
  const first = newestStart(starts, after + 1);
  if (!first) {
    await judge(starts, scan, after + 1, undefined);
    return { nextSequence: after + 1, unfinished: unfinished(starts, after + 1) };
  }
  let sequence = first.header.sequence;
  let place: Place = { file: first.file, position: FIRST_GROUP_AT };
  for (;;) {
    const next = await successor(starts, scan, place, sequence, after);
    if ("damagedAt" in next) {
      await judge(starts, scan, sequence, next.damagedAt);
      // A chain that ends among the released groups leads nowhere: what comes next begins a file, where it will be found.
      if (sequence <= after) return { nextSequence: after + 1, unfinished: unfinished(starts, after + 1) };
      return { nextSequence: sequence, place, unfinished: unfinished(starts, sequence) };
    }
    if (sequence > after) yield next.found;
    place = { file: next.found.file, position: next.found.position + next.found.header.lengthBytes };
    place.file.lastSequence = sequence;
    sequence++;
  }
}

/** The file whose first group is the newest not beyond `sequence`. */
function newestStart(starts: readonly RingStart[], sequence: GroupSequence): Extract<RingStart, { kind: "group" }> | undefined {
  let newest: Extract<RingStart, { kind: "group" }> | undefined;
  for (const start of starts) {
    if (start.kind !== "group" || start.header.sequence > sequence) continue;
    if (!newest || start.header.sequence > newest.header.sequence) newest = start;
  }
  return newest;
}

/** The group with that sequence: behind the one before it, or at the start of another file. */
async function successor(
  starts: readonly RingStart[],
  scan: RingScan,
  place: Place,
  sequence: GroupSequence,
  after: GroupSequence,
): Promise<{ readonly found: FoundGroup } | { readonly damagedAt: Place }> {
  const start = starts.find((start) => start.kind === "group" && start.header.sequence === sequence);
  for (const { file, position } of start ? [place, { file: start.file, position: FIRST_GROUP_AT }] : [place]) {
    const found = await scan.groupAt(file, position);
    if (found?.header.sequence !== sequence) continue;
    const damaged = sequence > after ? damagedBatch(found.bytes, found.header) : undefined;
    return damaged === undefined ? { found } : { damagedAt: { file, position: position + damaged } };
  }
  return { damagedAt: place };
}

/** Starts of files where a group was begun that is still to come. */
const unfinished = (starts: readonly RingStart[], nextSequence: GroupSequence): Place[] =>
  starts.flatMap((start) =>
    start.kind === "group" && start.header.sequence >= nextSequence ? { file: start.file, position: FIRST_GROUP_AT } : [],
  );

/** Throws CorruptionError when a group says that `sequence`, which is not there, was acknowledged. */
async function judge(starts: readonly RingStart[], scan: RingScan, sequence: GroupSequence, damagedAt: Place | undefined): Promise<void> {
  for (const start of starts) {
    const from = searchFrom(start, sequence, damagedAt);
    const later =
      from === undefined
        ? undefined
        : await scan.find(start.file, from, (header) => header.sequence > sequence && header.durableThrough >= sequence);
    if (!later) continue;
    const place = start.kind === "damaged" || !damagedAt ? { file: start.file, position: FIRST_GROUP_AT } : damagedAt;
    throw new CorruptionError(
      place.file.path,
      place.position,
      `journal group ${sequence} is not what was written; group ${later.header.sequence} in ${later.file.path} says that it was`,
    );
  }
}

/**
 * From where a file is searched for later groups. Groups fill a file from its start, so one that begins with zeros or with an older
 * group than the missing one has no later group, unless the missing one belongs there.
 */
function searchFrom(start: RingStart, sequence: GroupSequence, damagedAt: Place | undefined): number | undefined {
  if (start.file === damagedAt?.file) return start.kind === "damaged" ? FIRST_GROUP_AT : pageOf(damagedAt.position);
  if (start.kind === "damaged") return FIRST_GROUP_AT;
  return start.kind === "group" && start.header.sequence > sequence ? FIRST_GROUP_AT : undefined;
}

const pageOf = (position: number): number => position - (position % FIRST_GROUP_AT);
