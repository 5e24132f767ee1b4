// A CommandIo that keeps what is printed, and has what is read, for tests of commands.
import type { CommandIo } from "../io.js";

export interface CapturedIo {
  /** For runProgram. */
  readonly ioFor: (exitWith: (code: number) => void) => CommandIo;
  readonly out: () => string;
  readonly errors: () => string;
  /** As Ctrl-C does. */
  readonly interrupt: () => void;
}

export interface CapturedOptions extends Partial<Pick<CommandIo, "errorIsTerminal" | "currentDirectory">> {
  /** What is piped in. */
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Told of all that is printed. */
  readonly wrote?: (out: string) => void;
}

export function capturedIo({ errorIsTerminal = false, currentDirectory = "/", input = "", wrote }: CapturedOptions = {}): CapturedIo {
  const outputs: Buffer[] = [];
  let errors = "";
  const interrupted = new AbortController();
  const out = () => Buffer.concat(outputs).toString();
  return {
    ioFor: (exitWith) => ({
      async write(output) {
        outputs.push(Buffer.from(output));
        wrote?.(out());
      },
      error(text) {
        errors += text;
      },
      errorIsTerminal,
      input: () => (typeof input === "string" || input instanceof Uint8Array ? once(Buffer.from(input)) : input),
      inputIsTerminal: false,
      interruption: () => interrupted.signal,
      currentDirectory,
      exitWith,
    }),
    out,
    errors: () => errors,
    interrupt: () => interrupted.abort(),
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
