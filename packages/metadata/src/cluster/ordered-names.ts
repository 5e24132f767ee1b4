// Names in order, for listing: adding and removing is cheap, and the order is made good when someone next looks.
export interface OrderedNames {
  add(name: string): void;
  remove(name: string): void;
  /** Names in code unit order, from `from` on (inclusive). Adding or removing while iterating does not disturb it. */
  from(from: string): IterableIterator<string>;
}

export function orderedNames(): OrderedNames {
  // Invariant: no list that was handed to an iterator is changed again; a change makes a new one at the next look.
  let sorted: readonly string[] = [];
  let added = new Set<string>();
  let removed = new Set<string>();

  function settle(): readonly string[] {
    if (added.size + removed.size > 0) {
      sorted = merge(sorted, removed, [...added].sort());
      added = new Set();
      removed = new Set();
    }
    return sorted;
  }

  return {
    add(name) {
      // A name removed and added again since the last look is already in its place.
      if (!removed.delete(name)) added.add(name);
    },
    remove(name) {
      if (!added.delete(name)) removed.add(name);
    },
    from(from) {
      const names = settle();
      return (from === "" ? names : names.slice(firstAtOrAfter(names, from))).values();
    },
  };
}

/** Both lists are sorted and have nothing in common. */
function merge(base: readonly string[], without: ReadonlySet<string>, extra: readonly string[]): string[] {
  const merged: string[] = [];
  let taken = 0;
  for (const name of base) {
    for (let next = extra[taken]; next !== undefined && next < name; next = extra[++taken]) merged.push(next);
    if (!without.has(name)) merged.push(name);
  }
  return merged.concat(extra.slice(taken));
}

function firstAtOrAfter(names: readonly string[], from: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? from) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
