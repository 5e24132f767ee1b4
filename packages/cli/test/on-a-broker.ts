// Commands as a person runs them, on a broker inside the test.
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { afterAll, beforeAll } from "vitest";
import { runProgram } from "../src/program.js";
import { capturedIo } from "../src/testing/captured-io.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface OnABroker {
  readonly bootstrap: () => string;
  /** Runs `moldau WORDS --bootstrap …`. */
  readonly moldau: (...words: readonly string[]) => Promise<Ran>;
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
  const moldau = async (...words: readonly string[]) => {
    const captured = capturedIo();
    const code = await runProgram([...words, "--bootstrap", bootstrap()], captured.ioFor);
    return { code, out: shown(captured.out()), errors: captured.errors().replaceAll(bootstrap(), "BOOTSTRAP") };
  };
  return {
    bootstrap,
    moldau,
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
