// The names on a simulated disk: files and directories as they are seen, and as they would be found after the power went. A change of
// names is durable once its directory was synced; of the others a crash keeps the first so many, as a journaling file system does.
import { dirname } from "node:path/posix";
import type { DirectoryEntry } from "@moldau/env";
import type { SeededRandom } from "../time/seeded-random.js";
import type { SimFile } from "./sim-file.js";

/** What a path stands for. */
type Entry = SimFile | "directory";

interface Change {
  readonly path: string;
  /** Undefined when the name goes. */
  readonly entry: Entry | undefined;
}

export interface SimNames {
  file(path: string): SimFile | undefined;
  /** Whether files may be made there. */
  hasDirectory(path: string): boolean;
  makeDirectory(path: string): void;
  set(path: string, file: SimFile): void;
  remove(path: string): void;
  /** Both at once, seen and durable. */
  rename(from: string, to: string): void;
  /** Stands for all changes so far. */
  mark(): number;
  /** The changes in that directory up to the mark are durable. */
  sync(directory: string, mark: number): void;
  list(directory: string): readonly DirectoryEntry[];
  files(): Iterable<SimFile>;
  paths(): Iterable<string>;
  /** The power goes. */
  crash(random: SeededRandom): void;
}

const ROOT = "/";

export function simNames(): SimNames {
  let seen = new Map<string, Entry>();
  let durable = new Map<string, Entry>();
  /** Not durable yet: the changes of one step, in one directory or two. */
  let pending: { readonly number: number; readonly changes: readonly Change[] }[] = [];
  let steps = 0;

  const put = (into: Map<string, Entry>, changes: readonly Change[]) => {
    for (const { path, entry } of changes) {
      if (entry === undefined) into.delete(path);
      else into.set(path, entry);
    }
  };
  const change = (...changes: readonly Change[]) => {
    put(seen, changes);
    pending.push({ number: ++steps, changes });
  };
  const isDirectory = (path: string) => path === ROOT || seen.get(path) === "directory";
  const fileAt = (path: string) => {
    const entry = seen.get(path);
    return entry === "directory" ? undefined : entry;
  };

  return {
    file: fileAt,
    hasDirectory: isDirectory,
    makeDirectory(path) {
      if (!isDirectory(path)) change({ path, entry: "directory" });
    },
    set: (path, entry) => change({ path, entry }),
    remove(path) {
      if (seen.has(path)) change({ path, entry: undefined });
    },
    rename(from, to) {
      change({ path: to, entry: fileAt(from) }, { path: from, entry: undefined });
    },
    mark: () => steps,
    sync(directory, mark) {
      const settled = pending.filter(({ number, changes }) => number <= mark && changes.some(({ path }) => dirname(path) === directory));
      for (const { changes } of settled) put(durable, changes);
      pending = pending.filter((step) => !settled.includes(step));
    },
    list: (directory) =>
      [...seen].flatMap(([path, entry]) =>
        dirname(path) === directory
          ? { name: path.slice(directory.length + 1), kind: entry === "directory" ? ("directory" as const) : ("file" as const) }
          : [],
      ),
    *files() {
      for (const entry of seen.values()) if (entry !== "directory") yield entry;
    },
    paths: () => seen.keys(),
    crash(random) {
      for (const { changes } of pending.slice(0, random.int(0, pending.length))) put(durable, changes);
      pending = [];
      durable = reachable(durable);
      seen = new Map(durable);
    },
  };
}

/** The entries whose directories are there. */
function reachable(entries: ReadonlyMap<string, Entry>): Map<string, Entry> {
  const isThere = (path: string): boolean => path === ROOT || (entries.has(path) && isThere(dirname(path)));
  return new Map([...entries].filter(([path]) => isThere(path)));
}
