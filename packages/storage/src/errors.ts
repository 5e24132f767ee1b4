// What can go wrong in storage, told apart by what the caller should do.

/** The world is broken for now: answer with a retriable error; storage heals by itself when the cause is gone. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  /** "full": no space. "io": the device failed. "closed": the store is closing or the log was deleted. */
  readonly kind: "full" | "io" | "closed";
  constructor(kind: "full" | "io" | "closed", message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Stored bytes are not what was written. Says where; never skipped in silence. */
export class CorruptionError extends Error {
  override readonly name = "CorruptionError";
  readonly path: string;
  readonly position: number;
  /** The message without the place. */
  readonly reason: string;
  constructor(path: string, position: number, reason: string) {
    super(`${path}: damaged at byte ${position}: ${reason}`);
    this.path = path;
    this.position = position;
    this.reason = reason;
  }
}

/** A data directory that we must not touch: locked, of a newer format, or not ours. The message is for the operator. */
export class DirectoryRefused extends Error {
  override readonly name = "DirectoryRefused";
  /** "unreadable": it may well be ours, but its marker is damaged. */
  readonly kind: "unreadable" | "refused";
  constructor(message: string, kind: "unreadable" | "refused" = "refused", options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
