// A request must not name the same thing twice. What is named more than once is refused, and told of once.

export interface Naming<Named> {
  /** Named once, in the order of the request. */
  readonly once: readonly Named[];
  /** The first naming of each that is named more than once. */
  readonly repeated: readonly Named[];
}

export function sortNamings<Named>(namings: readonly Named[], keyOf: (named: Named) => string): Naming<Named> {
  const counts = new Map<string, number>();
  for (const named of namings) counts.set(keyOf(named), (counts.get(keyOf(named)) ?? 0) + 1);
  const once: Named[] = [];
  const repeated = new Map<string, Named>();
  for (const named of namings) {
    const key = keyOf(named);
    if (counts.get(key) === 1) once.push(named);
    else if (!repeated.has(key)) repeated.set(key, named);
  }
  return { once, repeated: [...repeated.values()] };
}
