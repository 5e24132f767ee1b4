// Cuts bytes that come in pieces into lines, without their ends.
import { CommandFailed } from "../exit.js";

const NEWLINE = 0x0a;
/** What is longer is no line of records, but a file of another kind. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

/** The lines that end in each piece: views of it, where a line lies in one. Throws CommandFailed. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const piece of pieces) {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      const rest = piece.subarray(from, end);
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      begunBytes = 0;
      from = end + 1;
    }
    yield lines;
    if (from === piece.length) continue;
    begun.push(piece.subarray(from));
    begunBytes += piece.length - from;
    if (begunBytes > LINE_BYTES_MAX) throw new CommandFailed("A line is longer than 64 MiB: --file sends a whole file as one record.");
  }
  if (begun.length > 0) yield [Buffer.concat(begun)];
}
