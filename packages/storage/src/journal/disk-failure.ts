// What a failed disk call means to those who store.
import { DiskError } from "@moldau/env";
import { StorageError } from "../errors.js";

/** The error to throw for what a disk call threw: StorageError "full" or "io" for its failures, anything else as it is. */
export function diskFailure(error: unknown): unknown {
  if (!(error instanceof DiskError)) return error;
  return new StorageError(isFull(error) ? "full" : "io", error.message, error);
}

/** No space, or no more for us. */
export const isFull = (error: unknown): boolean => error instanceof DiskError && (error.code === "ENOSPC" || error.code === "EDQUOT");

/** The file system has no direct writes, or not of this shape. */
export const refusesDirect = (error: unknown): boolean =>
  error instanceof DiskError && (error.code === "EINVAL" || error.code === "EOPNOTSUPP" || error.code === "ENOTSUP");
