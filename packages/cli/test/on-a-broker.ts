// Commands as a person runs them, on a broker inside the test.
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { afterAll, beforeAll } from "vitest";
import { runProgram } from "../src/program.js";
import { type CapturedOptions, capturedIo } from "../src/testing/captured-io.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** Resolves when what was printed so far satisfies. */
  printed(satisfies: (out: string) => boolean): Promise<void>;
  /** As Ctrl-C does. */
  readonly interrupt: () => void;
}

export interface OnABroker {
  readonly bootstrap: () => string;
  /** Runs `moldau WORDS --bootstrap …`. */
  readonly moldau: (...words: readonly string[]) => Promise<Ran>;
  /** The same, with something to read. */
  readonly begin: (options: CapturedOptions, ...words: readonly string[]) => Running;
  /** The same with --json: the objects that are printed. */
  readonly objects: (...words: readonly string[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export function onABroker(): OnABroker {
  let broker: BrokerInTest | undefined;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());
  const bootstrap = () => broker?.bootstrap ?? "";
  const begin = (options: CapturedOptions, ...words: readonly string[]): Running => {
    let told = () => {};
    const captured = capturedIo({ ...options, wrote: () => told() });
    const ended = runProgram([...words, "--bootstrap", bootstrap()], captured.ioFor).then((code) => ({
      code,
      out: shown(captured.out()),
      errors: captured.errors().replaceAll(bootstrap(), "BOOTSTRAP"),
    }));
    const printed = (satisfies: (out: string) => boolean) =>
      new Promise<void>((resolve) => {
        told = () => {
          if (satisfies(captured.out())) resolve();
        };
        told();
      });
    return { ended, printed, interrupt: captured.interrupt };
  };
  const moldau = (...words: readonly string[]) => begin({}, ...words).ended;
  return {
    bootstrap,
    moldau,
    begin,
    objects: async (...words) => objectsIn((await moldau(...words, "--json")).out),
  };
}

/** What differs from run to run. */
const shown = (text: string): string => text.replace(/\b[\w-]{22}\b/g, "ID").replace(/127\.0\.0\.1:\d+/g, "ADDRESS");

export const objectsIn = (out: string): readonly Readonly<Record<string, unknown>>[] =>
  out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
