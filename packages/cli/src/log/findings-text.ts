// What was found, told: one line with the place, what it means and what to do.
import { type Finding, type FindingKind, isDamage } from "@moldau/storage";
import { partitionText, type TopicNames } from "./topic-names.js";

/** What follows from it and what to do. docs/LOG-TOOLS.md says more. */
const ADVICE: Readonly<Record<FindingKind, string>> = {
  marker: "No record is touched. Put the file back from a backup of this directory; it never changes.",
  catalog:
    "A broker does not start with this. Restore the whole directory, never the catalog alone; the records in segments and journal can be dumped.",
  "journal-file": "A broker does not start with this. Its groups may be whole: see what else is told of the journal.",
  "journal-group":
    "A broker does not start with this, for records that were acknowledged are lost. Stop it, keep a copy, dump what is left.",
  "journal-batch":
    "A broker does not start with this; one that runs gives readers an error for these offsets, and its journal fills up. Keep a copy, dump what is left.",
  "journal-chain": "All records are there, and a broker does not start all the same. Keep a copy and report this.",
  "torn-tail": "Normal after a crash: nobody was told that this is stored. The next start writes over it.",
  batch: "Readers get an error at these offsets, and can skip them; everything else is served.",
  segment: "Readers get an error for the offsets that this segment has. Put it back from a backup if there is one: segments never change.",
  "segment-missing": "Readers get an error for these offsets. Put the file back from a backup: segments never change.",
  unreferenced: "Normal after a crash: the next start deletes it.",
  extent: "Readers may get an error for these offsets. Keep a copy of the directory and report this.",
  hole: "These records are lost: they were in the damaged part of the journal.",
  "cut-off": "Normal after a crash, at the end of the newest file; anywhere else the file is not whole.",
};

export const adviceFor = ({ kind }: Finding): string => ADVICE[kind];

/** A line without its end. */
export function findingText(finding: Finding, names: TopicNames): string {
  const { path, position, partition, firstOffset, lastOffset, message } = finding;
  const place = position === undefined ? path : `${path} at byte ${position}`;
  const whose = partition
    ? `${partitionText(partition, names)}${offsetsText(firstOffset, lastOffset)}: `
    : fileOffsets(firstOffset, lastOffset);
  return `${isDamage(finding) ? "DAMAGED" : "normal "}  ${place}: ${whose}${message}. ${adviceFor(finding)}`;
}

const fileOffsets = (first: number | undefined, last: number | undefined): string => {
  const offsets = offsetsText(first, last);
  return offsets === "" ? "" : `${offsets.slice(1)}: `;
};

function offsetsText(first: number | undefined, last: number | undefined): string {
  if (first === undefined || last === undefined) return "";
  return first === last ? ` offset ${first}` : ` offsets ${first} to ${last}`;
}

/** The same for programs. */
export function findingJson(finding: Finding, names: TopicNames) {
  const { kind, path, position, partition, firstOffset, lastOffset, message } = finding;
  return {
    type: "finding",
    severity: isDamage(finding) ? "damage" : "normal",
    kind,
    path,
    ...(position !== undefined && { position }),
    ...(partition && { topic: names.nameOf(partition.topicId) ?? null, topicId: partition.topicId, partition: partition.index }),
    ...(firstOffset !== undefined && { firstOffset }),
    ...(lastOffset !== undefined && { lastOffset }),
    message,
    advice: adviceFor(finding),
  };
}
