// A group moved to another place in its topics; what would change is shown first.
import type { Admin, GroupOffset, OffsetQuestion, TopicPartition } from "@moldau/client";
import { systemClock } from "@moldau/env";
import { type ClientFlags, topicAndPartitions } from "../client/flags.js";
import { type Place, parsePlace, questionOf } from "../client/place.js";
import { withClient } from "../client/with-client.js";
import { CommandFailed, UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { countText, jsonLine, table } from "../text.js";
import { partitionsOf } from "./delete.js";

export interface ResetFlags extends ClientFlags {
  readonly topic?: readonly string[];
  readonly allTopics?: true;
  readonly to?: string;
  readonly shiftBy?: string;
  readonly execute?: true;
}

interface Move extends TopicPartition {
  readonly from: number | undefined;
  readonly to: number;
}

type Target = Place | { readonly kind: "shift"; readonly by: number };

export async function resetOffsets(io: CommandIo, groupId: string, flags: ResetFlags): Promise<void> {
  const target = targetOf(flags);
  if ((flags.topic === undefined) === (flags.allTopics === undefined)) {
    throw new UsageError("Say which topics: --topic TOPIC, or --all-topics for those that the group has offsets of.");
  }
  const named = flags.topic?.map((text) => topicAndPartitions(text, "--topic"));
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const [committed = []] = await admin.groups.offsets([groupId]);
    const partitions = named ? await partitionsOf(admin, named) : committed.map(({ topic, partition }) => ({ topic, partition }));
    if (partitions.length === 0) throw new CommandFailed(`The group ${groupId} has no offsets: name topics with --topic.`);
    const moves = await movesOf(admin, target, partitions, committed);
    if (flags.execute) {
      await refuseWithMembers(admin, groupId);
      await admin.groups.alterOffsets(
        groupId,
        moves.map(({ topic, partition, to }) => ({ topic, partition, offset: to })),
      );
    }
    await show(io, moves, flags);
  });
}

function targetOf({ to, shiftBy }: ResetFlags): Target {
  if ((to === undefined) === (shiftBy === undefined)) throw new UsageError("Say where to: either --to PLACE or --shift-by N.");
  if (to !== undefined) return parsePlace(to, "--to", systemClock.now());
  if (!/^[+-]?\d+$/.test(shiftBy ?? "")) throw new UsageError(`--shift-by must be a whole number, and "${shiftBy}" is not.`);
  return { kind: "shift", by: Number(shiftBy) };
}

/** Never before the beginning or after the end. */
async function movesOf(
  { offsets }: Admin,
  target: Target,
  partitions: readonly TopicPartition[],
  committed: readonly GroupOffset[],
): Promise<readonly Move[]> {
  const ask = async (at: OffsetQuestion["at"]) => {
    const found = await offsets.list(partitions.map(({ topic, partition }) => ({ topic, partition, at })));
    return found.map(({ offset }) => offset);
  };
  const [starts, ends] = await Promise.all([ask("earliest"), ask("latest")]);
  const byTime = target.kind === "time" ? await ask(questionOf(target)) : [];
  const before = new Map(committed.map(({ topic, partition, offset }) => [`${topic} ${partition}`, offset]));
  return partitions.flatMap(({ topic, partition }, index) => {
    const start = starts[index] ?? 0;
    const end = ends[index] ?? start;
    const from = before.get(`${topic} ${partition}`);
    const wanted = wantedOffset(target, { start, end, from, byTime: byTime[index] });
    return wanted === undefined ? [] : [{ topic, partition, from, to: Math.min(Math.max(wanted, start), end) }];
  });
}

interface Known {
  readonly start: number;
  readonly end: number;
  readonly from: number | undefined;
  readonly byTime: number | undefined;
}

function wantedOffset(target: Target, { start, end, from, byTime }: Known): number | undefined {
  switch (target.kind) {
    case "earliest":
      return start;
    case "latest":
      return end;
    case "offset":
      return target.offset;
    case "time":
      return byTime ?? end;
    case "shift":
      return from === undefined ? undefined : from + target.by;
  }
}

/** A broker would refuse, but one that has only begun to hear of members might not. */
async function refuseWithMembers({ groups }: Admin, groupId: string): Promise<void> {
  const [outcome] = await groups.describe([groupId]).outcomes();
  if (outcome && !outcome.error && outcome.value.members.length > 0) {
    throw new CommandFailed(
      `The group ${groupId} has ${countText(outcome.value.members.length, "member")}: stop what reads, then move it.`,
    );
  }
}

async function show(io: CommandIo, moves: readonly Move[], { json, execute }: ResetFlags): Promise<void> {
  if (json) {
    for (const move of moves) await io.write(jsonLine({ ...move, isDone: execute ?? false }));
    return;
  }
  const rows = moves.map(({ topic, partition, from, to }) => [topic, partition, from ?? "-", to]);
  await io.write(table(["TOPIC", "PARTITION", "FROM", "TO"], rows));
  if (!execute) io.error("Nothing was changed: --execute does it.\n");
}
