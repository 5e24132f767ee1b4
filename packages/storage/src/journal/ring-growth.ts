// How the ring gets its space: zeros written ahead of the groups, in the background, or holes that the groups fill themselves.
import type { Clock, Disk } from "@moldau/env";
import { assert } from "@moldau/std";
import { diskFailure, isFull } from "./disk-failure.js";
import { prepareStepBytes, type RingFile } from "./ring-file.js";

/** How long a full disk is left alone. */
export const SHORTAGE_MS = 1_000;

export interface RingGrowth {
  /** Resolves when the file is prepared up to `bytes`; rejects with StorageError. */
  prepare(file: RingFile, bytes: number): Promise<void>;
  /** Resolves when a group may be written up to `bytes`, prepared or not, and no zeros go there any more. Rejects with StorageError. */
  claim(file: RingFile, bytes: number, sparse: boolean): Promise<void>;
  /** Resolves when no zeros are on their way to the file. */
  zerosEnded(file: RingFile): Promise<void>;
  /** The disk was full where it need not have been: a write to a hole. */
  noteFull(): void;
  /** Tries to get space, and remembers a full disk. Rejects with StorageError. */
  growing<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Whether the disk was full a moment ago. */
  isShort(): boolean;
}

export function ringGrowth(disk: Disk, clock: Clock, fileBytes: number): RingGrowth {
  const zeros = disk.alignedMemory(prepareStepBytes(fileBytes));
  const steps = new Map<RingFile, Promise<void>>();
  let shortUntilMs = Number.NEGATIVE_INFINITY;

  const growing = async <Result>(action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (isFull(error)) noteFull();
      throw diskFailure(error);
    }
  };

  const noteFull = (): void => {
    shortUntilMs = clock.monotonicMs() + SHORTAGE_MS;
  };

  const writeZeros = async (file: RingFile): Promise<void> => {
    assert(file.segmentId === undefined, "no zeros are written to what is to be a segment");
    const from = file.preparedBytes;
    const lengthBytes = Math.min(zeros.length, file.capacityBytes - from);
    await growing(() => file.file.write([zeros.subarray(0, lengthBytes)], from));
    // Unless a hole before was found to have no space meanwhile.
    if (file.preparedBytes === from) file.preparedBytes = from + lengthBytes;
    file.sizeBytes = Math.max(file.sizeBytes, from + lengthBytes);
  };

  /** One step at a time in each file, whoever asks. */
  const step = (file: RingFile): Promise<void> => {
    const going = steps.get(file);
    if (going) return going;
    const started = writeZeros(file).finally(() => steps.delete(file));
    steps.set(file, started);
    return started;
  };

  const extend = async (file: RingFile): Promise<void> => {
    await growing(() => file.file.truncate(file.capacityBytes));
    file.sizeBytes = file.capacityBytes;
  };

  return {
    prepare: async (file, bytes) => {
      while (file.preparedBytes < bytes && file.segmentId === undefined) await step(file);
    },
    claim: async (file, bytes, sparse) => {
      // Invariant: zeros never go where a group goes. Those that are on their way are waited for; later ones begin behind the group.
      while (file.preparedBytes < bytes) {
        if (steps.has(file)) await step(file);
        else if (file.sizeBytes >= bytes) file.preparedBytes = bytes;
        else if (sparse) await extend(file);
        else await step(file);
      }
    },
    // Whoever needs the space gets the error.
    zerosEnded: async (file) => await steps.get(file)?.catch(() => {}),
    noteFull,
    growing,
    isShort: () => clock.monotonicMs() < shortUntilMs,
  };
}
