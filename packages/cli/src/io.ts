// What a command has of the world it prints to and reads from; tests give it another one.

export interface CommandIo {
  /** Prints what was asked for. Resolves when there is room for more: await it in loops, so that memory stays bounded. */
  write(output: string | Uint8Array): Promise<void>;
  /** Tells what is not part of the answer: progress, warnings, mistakes. */
  error(text: string): void;
  /** Whether a person reads what is told: only then is there progress to show. */
  readonly errorIsTerminal: boolean;
  /** What is piped in, or typed. */
  input(): AsyncIterable<Uint8Array>;
  readonly inputIsTerminal: boolean;
  /**
   * Fires when the command is to stop in good order: Ctrl-C, SIGTERM, or nobody reads what it prints. From the first call on these don't
   * end the process at once any more; a second Ctrl-C does.
   */
  interruption(): AbortSignal;
  /** Directory against which paths in arguments are resolved. */
  readonly currentDirectory: string;
  /** The code to exit with, once the command has ended: EXIT.done unless said otherwise. */
  exitWith(code: number): void;
}

/** Standard input, output and error of this process. */
export function processIo(exitWith: (code: number) => void): CommandIo {
  const { stdin, stdout, stderr } = process;
  let interrupted: AbortController | undefined;
  let isRead = true;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    // Output that nobody reads any more (`moldau … | head`) ends the command, as with others.
    if (!interrupted) process.exit();
    isRead = false;
    interrupted.abort();
  });
  return {
    write: (output) => (!isRead || stdout.write(output) ? DONE : room(stdout)),
    error: (text) => void stderr.write(text),
    errorIsTerminal: stderr.isTTY === true,
    input: () => stdin,
    inputIsTerminal: stdin.isTTY === true,
    interruption() {
      if (interrupted) return interrupted.signal;
      const controller = new AbortController();
      interrupted = controller;
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
      return controller.signal;
    },
    currentDirectory: process.cwd(),
    exitWith,
  };
}

const DONE = Promise.resolve();

/** Resolves when there is room, or nobody will ever make any. */
function room(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const settled = () => {
      for (const event of ["drain", "close", "error"]) stream.off(event, settled);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) stream.once(event, settled);
  });
}
