// Assertions stay on in production: a broken invariant must stop us before something false is acknowledged (DESIGN §11).

export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/**
 * Throws AssertionError unless `condition` holds. `message` says which invariant broke; one that is put together from values is
 * given as a function, so that an assertion on a hot path costs no more than its condition.
 */
export function assert(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new AssertionError(typeof message === "string" ? message : message());
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
