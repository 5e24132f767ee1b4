// What a command has of the world it prints to; tests give it another one.

export interface CommandIo {
  /** Prints what was asked for. Resolves when there is room for more: await it in loops, so that memory stays bounded. */
  write(text: string): Promise<void>;
  /** Tells what is not part of the answer: progress, warnings, mistakes. */
  error(text: string): void;
  /** Whether a person reads what is told: only then is there progress to show. */
  readonly errorIsTerminal: boolean;
  /** Directory against which paths in arguments are resolved. */
  readonly currentDirectory: string;
  /** The code to exit with, once the command has ended: EXIT.done unless said otherwise. */
  exitWith(code: number): void;
}

/** Standard output and error of this process. Output that nobody reads any more (`moldau … | head`) ends it, as with other commands. */
export function processIo(exitWith: (code: number) => void): CommandIo {
  const { stdout, stderr } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  return {
    write: (text) => (stdout.write(text) ? DONE : new Promise((resolve) => stdout.once("drain", resolve))),
    error: (text) => void stderr.write(text),
    errorIsTerminal: stderr.isTTY === true,
    currentDirectory: process.cwd(),
    exitWith,
  };
}

const DONE = Promise.resolve();
