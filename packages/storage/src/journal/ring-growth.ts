// How the ring gets its space: zeros written at the end of files, in the background and a little ahead of the groups.
import type { Clock, Disk } from "@moldau/env";
import { diskFailure, isFull } from "./disk-failure.js";
import { PREPARE_STEP_BYTES, type RingFile } from "./ring-file.js";

/** How long a full disk is left alone. */
export const SHORTAGE_MS = 1_000;

export interface RingGrowth {
  /** Resolves when the file is prepared up to `bytes`; rejects with StorageError. */
  prepare(file: RingFile, bytes: number): Promise<void>;
  /** Tries to get space, and remembers a full disk. Rejects with StorageError. */
  growing<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Whether the disk was full a moment ago. */
  isShort(): boolean;
}

export function ringGrowth(disk: Disk, clock: Clock, fileBytes: number): RingGrowth {
  const zeros = disk.alignedMemory(Math.min(PREPARE_STEP_BYTES, fileBytes));
  const steps = new Map<RingFile, Promise<void>>();
  let shortUntilMs = Number.NEGATIVE_INFINITY;

  const growing = async <Result>(action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action();
    } catch (error) {
      if (isFull(error)) shortUntilMs = clock.monotonicMs() + SHORTAGE_MS;
      throw diskFailure(error);
    }
  };

  const writeZeros = async (file: RingFile): Promise<void> => {
    const lengthBytes = Math.min(zeros.length, file.capacityBytes - file.preparedBytes);
    await growing(() => file.file.write([zeros.subarray(0, lengthBytes)], file.preparedBytes));
    file.preparedBytes += lengthBytes;
  };

  /** One step at a time in each file, whoever asks. */
  const step = (file: RingFile): Promise<void> => {
    const going = steps.get(file);
    if (going) return going;
    const started = writeZeros(file).finally(() => steps.delete(file));
    steps.set(file, started);
    return started;
  };

  return {
    prepare: async (file, bytes) => {
      while (file.preparedBytes < bytes) await step(file);
    },
    growing,
    isShort: () => clock.monotonicMs() < shortUntilMs,
  };
}
