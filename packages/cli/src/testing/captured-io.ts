// A CommandIo that keeps what is printed, for tests of commands.
import type { CommandIo } from "../io.js";

export interface CapturedIo {
  /** For runProgram. */
  readonly ioFor: (exitWith: (code: number) => void) => CommandIo;
  readonly out: () => string;
  readonly errors: () => string;
}

export function capturedIo({ errorIsTerminal = false, currentDirectory = "/" }: Partial<CommandIo> = {}): CapturedIo {
  let out = "";
  let errors = "";
  return {
    ioFor: (exitWith) => ({
      async write(text) {
        out += text;
      },
      error(text) {
        errors += text;
      },
      errorIsTerminal,
      currentDirectory,
      exitWith,
    }),
    out: () => out,
    errors: () => errors,
  };
}
