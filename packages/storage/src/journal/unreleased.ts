// The groups that are not released yet: how many bytes they are. Sequences have no holes, so lengths in order suffice.
import type { GroupSequence } from "./journal.js";

export interface Unreleased {
  readonly releasedThrough: GroupSequence;
  readonly usedBytes: number;
  /** Everything through `after` is released, and nothing else is known. */
  begin(after: GroupSequence): void;
  /** The next group in sequence. */
  add(lengthBytes: number): void;
  release(through: GroupSequence): void;
}

export function unreleased(): Unreleased {
  let releasedThrough = 0;
  let usedBytes = 0;
  let lengths: number[] = [];
  /** Lengths before this one belong to released groups. */
  let head = 0;
  return {
    get releasedThrough() {
      return releasedThrough;
    },
    get usedBytes() {
      return usedBytes;
    },
    begin: (after) => {
      releasedThrough = after;
    },
    add: (lengthBytes) => {
      lengths.push(lengthBytes);
      usedBytes += lengthBytes;
    },
    release: (through) => {
      for (; releasedThrough < through && head < lengths.length; head++, releasedThrough++) usedBytes -= lengths[head] ?? 0;
      if (head > lengths.length / 2) {
        lengths = lengths.slice(head);
        head = 0;
      }
    },
  };
}
