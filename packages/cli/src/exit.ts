// How the command ends, for scripts that look at its exit code.

export const EXIT = {
  done: 0,
  /** It could not do what was asked: a port is taken, a disk is full. */
  failed: 1,
  /** It was asked for something that does not exist or makes no sense. */
  usage: 2,
} as const;

/** A mistake in how the command was called, as sentences for whoever called it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
