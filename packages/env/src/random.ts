// Chance as a port, so that a seed reproduces a run.

export interface Random {
  /** `count` fresh random bytes. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  float(): number;
}
