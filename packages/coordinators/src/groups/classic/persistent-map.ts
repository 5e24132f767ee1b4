// A map that changes by making new versions of it, as cheap as a Map to whoever only looks at the newest: all versions share one table,
// which the newest owns; an older one knows the one difference to its successor (Baker, "Shallow Binding Makes Functional Arrays Fast").
//
//   newest ──► table        older: { key, value it had } ──► its successor
//
// Reading an older version moves the table to it, at the cost of the differences between. Older versions keep the newer ones in memory,
// not the other way round, so a history of which only the newest is used leaves nothing behind.

export interface PersistentMap<Key, Value> extends ReadonlyMap<Key, Value> {
  with(key: Key, value: Value): PersistentMap<Key, Value>;
  without(key: Key): PersistentMap<Key, Value>;
  firstKey(): Key | undefined;
}

type Version<Key, Value> = { state: Newest<Key, Value> | Older<Key, Value> };

interface Newest<Key, Value> {
  readonly table: Map<Key, Value>;
}

interface Older<Key, Value> {
  readonly key: Key;
  /** Undefined: this version lacks the key. */
  readonly had: { readonly value: Value } | undefined;
  readonly newer: Version<Key, Value>;
}

export function persistentMap<Key, Value>(entries: Iterable<readonly [Key, Value]> = []): PersistentMap<Key, Value> {
  const table = new Map(entries);
  return table.size === 0 ? (EMPTY as PersistentMap<Key, Value>) : view({ state: { table } }, table.size);
}

// Many groups are empty, and share this one: what is added to it begins a table of its own.
const NOTHING: ReadonlyMap<unknown, unknown> = new Map();
const EMPTY: PersistentMap<unknown, unknown> = {
  size: 0,
  get: () => undefined,
  has: () => false,
  keys: () => NOTHING.keys(),
  values: () => NOTHING.values(),
  entries: () => NOTHING.entries(),
  [Symbol.iterator]: () => NOTHING.entries(),
  forEach: () => {},
  firstKey: () => undefined,
  with: (key, value) => persistentMap([[key, value]]),
  without: () => EMPTY,
};

function view<Key, Value>(version: Version<Key, Value>, size: number): PersistentMap<Key, Value> {
  const read = () => tableOf(version);
  const changed = (key: Key, value: Value | undefined, put: boolean): PersistentMap<Key, Value> => {
    const table = read();
    const had = valueIn(table, key);
    const next: Version<Key, Value> = { state: { table } };
    version.state = { key, had, newer: next };
    if (put) table.set(key, value as Value);
    else table.delete(key);
    return view(next, table.size);
  };
  const self: PersistentMap<Key, Value> = {
    size,
    get: (key) => read().get(key),
    has: (key) => read().has(key),
    // what goes through a version may make others meanwhile: it goes through a copy
    keys: () => [...read().keys()].values(),
    values: () => [...read().values()].values(),
    entries: () => [...read()].values(),
    [Symbol.iterator]: () => [...read()].values(),
    forEach: (visit) => {
      for (const [key, value] of [...read()]) visit(value, key, self);
    },
    firstKey: () => read().keys().next().value,
    with: (key, value) => changed(key, value, true),
    without: (key) => (read().has(key) ? changed(key, undefined, false) : self),
  };
  return self;
}

const valueIn = <Key, Value>(table: Map<Key, Value>, key: Key) => (table.has(key) ? { value: table.get(key) as Value } : undefined);

/** The table, as it is in this version: moved here step by step from the version that owns it. */
function tableOf<Key, Value>(version: Version<Key, Value>): Map<Key, Value> {
  if ("table" in version.state) return version.state.table;
  const behind: Version<Key, Value>[] = [];
  let owner = version;
  while (!("table" in owner.state)) {
    behind.push(owner);
    owner = owner.state.newer;
  }
  const { table } = owner.state;
  for (const target of behind.reverse()) {
    const { key, had } = target.state as Older<Key, Value>;
    owner.state = { key, had: valueIn(table, key), newer: target };
    if (had) table.set(key, had.value);
    else table.delete(key);
    target.state = { table };
    owner = target;
  }
  return table;
}
