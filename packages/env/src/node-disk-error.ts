// The system's errors as DiskError.
import { DiskError } from "./disk.js";

/** Wraps what a system call threw; `doing` says what was tried, e.g. "write". */
export function diskError(cause: unknown, path: string, doing: string): DiskError {
  if (cause instanceof DiskError) return cause;
  return new DiskError(
    errorCode(cause) ?? "EIO",
    path,
    `${doing} ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  );
}

/** The code of a system error, e.g. "ENOENT". */
export function errorCode(cause: unknown): string | undefined {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}
