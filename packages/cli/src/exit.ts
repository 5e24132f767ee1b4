// How the command ends, for scripts that look at its exit code.

export const EXIT = {
  done: 0,
  /** It could not do what was asked: a port is taken, a disk is full, a broker does not answer. */
  failed: 1,
  /** It was asked for something that does not exist or makes no sense. */
  usage: 2,
  /** It did what was asked, and what it looked at is damaged. */
  damaged: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake in how the command was called, as sentences for whoever called it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked could not be done, as sentences that say why and what to do: no bug, so without a stack. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
