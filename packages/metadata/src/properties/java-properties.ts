// Java's .properties format, in which server.properties is written: "name = value", comments with # or !, a backslash at the end
// of a line to go on in the next, and escapes (\t \n \r \f \uXXXX; before any other character a backslash disappears).

export class PropertiesError extends Error {
  override readonly name = "PropertiesError";
}

/** Names to values, in the order of the text; of a name given twice the last counts. Throws PropertiesError with the line's number. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const { line, number } of logicalLines(text)) {
    const [name, value] = divide(line);
    properties.set(unescaped(name, number), unescaped(value, number));
  }
  return properties;
}

interface LogicalLine {
  readonly line: string;
  /** Of its first line in the text, from 1. */
  readonly number: number;
}

function* logicalLines(text: string): Iterable<LogicalLine> {
  let begun: LogicalLine | undefined;
  for (const [at, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = raw.replace(/^[ \t\f]+/, "");
    if (begun === undefined && (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith("!"))) continue;
    const line = (begun?.line ?? "") + trimmed;
    const number = begun?.number ?? at + 1;
    if (goesOn(trimmed)) {
      begun = { line: line.slice(0, -1), number };
      continue;
    }
    begun = undefined;
    yield { line, number };
  }
  if (begun) yield begun;
}

/** Whether a line ends in a backslash that is not itself escaped. */
const goesOn = (line: string): boolean => (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;

/** The name ends at the first "=", ":" or blank that no backslash precedes; one "=" or ":" among the blanks after it goes too. */
function divide(line: string): readonly [string, string] {
  const name = /^(?:[^\\=: \t\f]|\\.)*/s.exec(line)?.[0] ?? "";
  const value = line.slice(name.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "");
  return [name, value];
}

const CONTROL: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescaped(text: string, number: number): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.|$)/gs, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === "u") throw new PropertiesError(`line ${number}: \\u needs four hexadecimal digits`);
    return CONTROL[escaped] ?? escaped;
  });
}
