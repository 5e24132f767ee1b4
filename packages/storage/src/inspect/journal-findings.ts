// What is wrong with a journal: judged by the rule that a start judges by (journal/ring-replay.ts), but to the end.
//
//   a group that is not there, or not whole, and a later group says that it was durable  →  it was acknowledged: damage
//   nobody says so                                                                       →  a torn tail, which is normal
import { PAGE_BYTES } from "@moldau/env";
import { CorruptionError, StorageError } from "../errors.js";
import { groupIdentity, readGroupHeader } from "../journal/group.js";
import type { GroupSequence } from "../journal/journal.js";
import { FIRST_GROUP_AT, type RingFile } from "../journal/ring-file.js";
import { replayRing } from "../journal/ring-replay.js";
import type { Finding } from "./finding.js";
import { type JournalSurvey, journalBatches, type SurveyedGroup } from "./journal-survey.js";

/**
 * What is wrong with the groups after `after`, which are in no extents yet. `isWhole`: these are all files of the journal, and a start
 * would replay them.
 */
export async function* journalFindings(
  survey: JournalSurvey,
  { after, isWhole }: { readonly after: GroupSequence; readonly isWhole: boolean },
): AsyncIterable<Finding> {
  for (const { file } of survey.files) if (file.fault) yield file.fault;
  for (const { file, unreadable: message } of survey.files) if (message) yield { kind: "journal-file", path: file.ring.path, message };
  yield* foreignFiles(survey);
  const groups = survey.groups.filter(({ sequence }) => sequence > after);
  const durableThrough = groups.reduce((highest, group) => Math.max(highest, group.durableThrough), 0);
  const first = isWhole ? after + 1 : (groups[0]?.sequence ?? 1);
  const missing = missingGroups(survey, groups, first, durableThrough);
  yield* missing;
  let damagedBatches = 0;
  for await (const { group, entry, isIntact } of journalBatches(survey, groups)) {
    if (isIntact) continue;
    damagedBatches++;
    const isTorn = group.sequence > durableThrough;
    yield {
      kind: isTorn ? "torn-tail" : "journal-batch",
      path: group.file.path,
      position: group.position + entry.position,
      partition: entry.partition,
      firstOffset: entry.baseOffset,
      lastOffset: entry.lastOffset,
      message: isTorn
        ? `a batch of journal group ${group.sequence} is not whole; the group was never acknowledged`
        : `a batch of journal group ${group.sequence} is not what was written`,
    };
  }
  yield* tornGroup(survey);
  if (isWhole && missing.length + damagedBatches === 0) yield* brokenChain(survey, after);
}

function* foreignFiles({ files }: JournalSurvey): Iterable<Finding> {
  const identity = files.find(({ file }) => file.identity)?.file.identity;
  for (const { file } of files) {
    if (!file.identity || file.fault || !identity || file.identity.journalId === identity.journalId) continue;
    yield { kind: "journal-file", path: file.ring.path, position: 16, message: "the file belongs to another journal" };
  }
}

/** Groups that were acknowledged and are not there, as ranges. */
function missingGroups(
  survey: JournalSurvey,
  groups: readonly SurveyedGroup[],
  first: GroupSequence,
  durableThrough: GroupSequence,
): readonly Finding[] {
  const missing: Finding[] = [];
  let next = first;
  let before: SurveyedGroup | undefined = survey.groups.findLast(({ sequence }) => sequence < first);
  for (const group of groups) {
    if (group.sequence > next) {
      const last = group.sequence - 1;
      const place = placeOfMissing(survey, before, group);
      const which = last > next ? `journal groups ${next} to ${last} are` : `journal group ${next} is`;
      missing.push(
        next <= durableThrough
          ? { kind: "journal-group", ...place, message: `${which} not what was written; later groups say that it was acknowledged` }
          : { kind: "torn-tail", ...place, message: `${which} not there, and nothing says that it was ever acknowledged` },
      );
    }
    next = group.sequence + 1;
    before = group;
  }
  return missing;
}

/** Where the missing groups lay: behind the one before them, or at the start of the file that the next one follows in. */
function placeOfMissing(
  survey: JournalSurvey,
  before: SurveyedGroup | undefined,
  after: SurveyedGroup,
): { path: string; position: number } {
  if (before?.file === after.file) return { path: before.file.path, position: before.position + before.lengthBytes };
  if (after.position > FIRST_GROUP_AT && after.file !== before?.file) return { path: after.file.path, position: FIRST_GROUP_AT };
  const whole = survey.files.find(
    ({ file, groups }) => groups.length === 0 && file.ring.sizeBytes > FIRST_GROUP_AT && file.ring !== before?.file,
  );
  if (!before) return { path: whole?.file.ring.path ?? after.file.path, position: FIRST_GROUP_AT };
  return { path: before.file.path, position: before.position + before.lengthBytes };
}

/** A group that was begun behind the last one. */
async function* tornGroup({ files, groups }: JournalSurvey): AsyncIterable<Finding> {
  const last = groups.at(-1);
  if (!last) return;
  const position = last.position + last.lengthBytes;
  const page = await pageAt(last.file, position);
  if (!page) return;
  const identity = groupIdentity(page);
  const begun = identity && readGroupHeader(page, identity)?.sequence === last.sequence + 1;
  const wasBlank = files.some(({ file, olderGroups }) => file.ring === last.file && olderGroups === 0);
  if (!begun && (!wasBlank || page.every((byte) => byte === 0))) return;
  yield {
    kind: "torn-tail",
    path: last.file.path,
    position,
    message: `behind journal group ${last.sequence} another one was begun and not finished; it was never acknowledged`,
  };
}

async function pageAt({ file, sizeBytes }: RingFile, position: number): Promise<Uint8Array | undefined> {
  if (position + PAGE_BYTES > sizeBytes) return undefined;
  const page = new Uint8Array(PAGE_BYTES);
  return (await file.read(page, position)) === PAGE_BYTES ? page : undefined;
}

/** What a start would stop at though no group is missing that is needed. */
async function* brokenChain({ files, scan }: JournalSurvey, after: GroupSequence): AsyncIterable<Finding> {
  if (!scan) return;
  try {
    const rings = files.map(({ file }) => file.ring);
    for await (const _ of replayRing(rings, scan, after));
  } catch (error) {
    // A file that cannot be read was told of.
    if (error instanceof StorageError) return;
    if (!(error instanceof CorruptionError)) throw error;
    const { path, position, reason } = error;
    yield { kind: "journal-chain", path, position, message: reason };
  }
}
