// Source text being generated: lines, fresh names, and the position as "p plus what was read since".

export interface Source {
  add(...lines: string[]): void;
  /** A name nothing else has. */
  name(prefix: string): string;
  /** The expression of the current position, which then moves by `bytes`, at no cost at run time. */
  at(bytes: number): string;
  /** Brings the variable p up to the current position: needed before reading it, and where paths part or meet. */
  settle(): void;
  text(): string;
}

export function createSource(): Source {
  const lines: string[] = [];
  let names = 0;
  let ahead = 0;
  return {
    add: (...added) => {
      lines.push(...added);
    },
    name: (prefix) => `${prefix}${names++}`,
    at: (bytes) => {
      const expression = ahead === 0 ? "p" : `p + ${ahead}`;
      ahead += bytes;
      return expression;
    },
    settle: () => {
      if (ahead > 0) lines.push(`p += ${ahead};`);
      ahead = 0;
    },
    text: () => lines.join("\n"),
  };
}
