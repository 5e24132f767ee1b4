// What the paths of a command name: data directories and files, opened, with the names of their topics.
import { resolve } from "node:path";
import { DiskError, lockOwner, nodeDisk } from "@moldau/env";
import {
  CorruptionError,
  DirectoryRefused,
  type LogFile,
  type LogsOnDisk,
  openLogFile,
  openLogs,
  type Progress,
  StorageError,
} from "@moldau/storage";
import { CommandFailed, UsageError } from "../exit.js";
import { type TopicNames, topicNames, topicOfFolder } from "./topic-names.js";

export type Target =
  | {
      readonly kind: "directory";
      readonly logs: LogsOnDisk;
      /** The process that has the directory open, if one has. */
      readonly usedBy: string | undefined;
      readonly names: TopicNames;
    }
  | { readonly kind: "file"; readonly file: LogFile; readonly names: TopicNames };

/** Runs `use` with each target in turn; what keeps one from being looked at becomes a sentence. */
export async function forEachTarget(
  paths: readonly string[],
  currentDirectory: string,
  progress: Progress,
  use: (target: Target) => Promise<void>,
): Promise<void> {
  for (const path of paths) await told(() => withTarget(resolve(currentDirectory, path), progress, use));
}

async function withTarget(path: string, progress: Progress, use: (target: Target) => Promise<void>): Promise<void> {
  const disk = nodeDisk();
  if (await isDirectory(path)) {
    const logs = await openLogs(disk, path, progress);
    try {
      await use({ kind: "directory", logs, usedBy: await lockOwner(path), names: await topicNames(logs) });
    } finally {
      await logs.close();
    }
    return;
  }
  const file = await openLogFile(disk, path, progress);
  if (!file) throw new UsageError(`${path} has no batches: there is nothing to see but in journal files, segments and Kafka's .log files.`);
  try {
    await use({ kind: "file", file, names: topicOfFolder(path) });
  } finally {
    await file.close();
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    if ((await nodeDisk().list(path)).length > 0) return true;
    const file = await nodeDisk().open(path, { mode: "buffered", readOnly: true });
    await file.close();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    if (error.code === "ENOTDIR") return false;
    if (error.code === "ENOENT") throw new CommandFailed(`${path} does not exist. Name the directory that moldau start has as --data.`);
    throw error;
  }
  // An empty directory can be opened for reading, as a file can.
  return true;
}

async function told(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof DirectoryRefused || error instanceof StorageError || error instanceof CorruptionError)
      throw new CommandFailed(error.message, { cause: error });
    if (error instanceof DiskError) throw new CommandFailed(diskSentence(error), { cause: error });
    throw error;
  }
}

function diskSentence({ code, path, message }: DiskError): string {
  if (code === "EACCES" || code === "EPERM") return `${path} cannot be read by this user: run this as the user that the broker runs as.`;
  if (code === "ENOENT") return `${path} does not exist.`;
  if (code === "EIO") return `${message}: the disk itself does not give these bytes. The system's log (dmesg) says more.`;
  return message;
}
