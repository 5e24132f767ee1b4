// `moldau log verify`: all that is damaged, and what it means.
import { batchFindings, type Finding, fileBatches, isDamage, journalFindings, segmentFindings, verifyLogs } from "@moldau/storage";
import { EXIT } from "../exit.js";
import type { CommandIo } from "../io.js";
import { type ProgressLine, progressLine } from "../progress.js";
import { bytesText, countText, jsonLine } from "../text.js";
import { findingJson, findingText } from "./findings-text.js";
import { forEachTarget, type Target } from "./targets.js";

export interface VerifyFlags {
  readonly json?: true;
}

export async function verify(io: CommandIo, paths: readonly string[], { json }: VerifyFlags): Promise<void> {
  const progress = progressLine(io, "verifying");
  const counts = { damaged: 0, normal: 0 };
  const onTarget = async (target: Target) => {
    if (!json && target.kind === "directory" && target.usedBy !== undefined) {
      await io.write(`A broker (process ${target.usedBy}) is using this directory; it may go on meanwhile.\n`);
    }
    if (target.names.problem !== undefined) io.error(`moldau: ${target.names.problem}\n`);
    for await (const finding of findingsOf(target, progress)) {
      counts[isDamage(finding) ? "damaged" : "normal"]++;
      progress.clear();
      await io.write(json ? jsonLine(findingJson(finding, target.names)) : `${findingText(finding, target.names)}\n`);
    }
  };
  await forEachTarget(paths, io.currentDirectory, progress.add, onTarget);
  progress.clear();
  const { checkedBytes } = progress;
  const { damaged } = counts;
  await io.write(json ? jsonLine({ type: "summary", ...counts, checkedBytes }) : verdict(damaged, checkedBytes));
  if (damaged > 0) io.exitWith(EXIT.damaged);
}

const verdict = (damaged: number, checkedBytes: number): string =>
  damaged === 0
    ? `Whole: ${bytesText(checkedBytes)} looked at, nothing damaged.\n`
    : `DAMAGED: ${countText(damaged, "place")} in ${bytesText(checkedBytes)} looked at. What to do: docs/LOG-TOOLS.md\n`;

async function* findingsOf(target: Target, progress: ProgressLine): AsyncIterable<Finding> {
  if (target.kind === "directory") {
    const { logs, usedBy, names } = target;
    return yield* verifyLogs(logs, { inUse: usedBy !== undefined, isLive: names.isLive, progress: progress.add });
  }
  const { file } = target;
  switch (file.kind) {
    case "journal":
      return yield* journalFindings(file.journal, { after: 0, isWhole: false });
    case "segment":
      yield* segmentFindings(file.blobs, file);
      break;
    case "batches":
      yield* batchFindings(fileBatches(file.path, file.source));
  }
  progress.add(file.sizeBytes);
}
