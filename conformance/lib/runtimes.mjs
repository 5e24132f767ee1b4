// Which programs this machine has.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A sentence naming the programs that are not installed, or undefined when all are. */
export function missingCommands(...programs) {
  const absent = programs.filter((program) => !isOnPath(program));
  return absent.length === 0 ? undefined : `${absent.join(" and ")} not installed`;
}
