// The arguments of a scenario's command: words in order, and `name=value` by name. "-" stands for nothing.

export interface Arguments {
  readonly words: readonly string[];
  /** Undefined when absent or "-". */
  given(name: string): string | undefined;
  /** Without `otherwise`: "" for "-" or when it is absent. */
  text(name: string, otherwise?: string): string;
  number(name: string, otherwise: number): number;
  /** Whether the name is there, be it with "-". */
  has(name: string): boolean;
  /** Items between commas. */
  list(name: string): readonly string[];
  /** By name, all that are given. */
  readonly named: ReadonlyMap<string, string>;
}

export function readArguments(parts: readonly string[]): Arguments {
  const named = new Map<string, string>();
  const words: string[] = [];
  for (const part of parts) {
    const at = part.indexOf("=");
    if (at < 0) words.push(part);
    else named.set(part.slice(0, at), part.slice(at + 1));
  }
  const given = (name: string) => {
    const value = named.get(name);
    return value === "-" ? undefined : value;
  };
  return {
    words,
    named,
    given,
    text: (name, otherwise = "") => given(name) ?? otherwise,
    has: (name) => named.has(name),
    number: (name, otherwise) => Number(given(name) ?? otherwise),
    list: (name) => given(name)?.split(",") ?? [],
  };
}
