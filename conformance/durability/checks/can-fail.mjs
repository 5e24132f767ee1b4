// The book that brokers are held to must notice a broker that lies: each kind of lie, told to it without any broker.
import { buildBatch, patchBatch } from "@moldau/records";
import { partitionBook } from "../load/book.mjs";

const RECORDS = 3;
const value = (batch, i) => ({ key: null, value: Buffer.from(`batch ${batch} record ${i}`), timestamp: 1 });

/** Three batches, all acknowledged, as a sound log would hold them. */
function soundLog(book) {
  return [0, 1, 2].map((number) => {
    const bytes = Buffer.from(buildBatch({ records: Array.from({ length: RECORDS }, (_, i) => value(number, i)) }));
    book.acknowledged(book.sent(bytes, RECORDS), number * RECORDS);
    return at(bytes, number * RECORDS);
  });
}

function at(batch, offset) {
  const bytes = Buffer.from(batch);
  patchBatch(bytes, 0, { baseOffset: offset, leaderEpoch: 0 });
  return bytes;
}

function flipped(batch) {
  const bytes = Buffer.from(batch);
  bytes[bytes.length - 1] ^= 1;
  return bytes;
}

const stranger = buildBatch({ records: [value("of a stranger", 0)] });

/** What a broker makes of the sound log, and what the complaint about it says. */
const lies = {
  "the last batch is lost": [(log) => log.slice(0, 2), "promised records are not there"],
  "all is lost": [() => [], "promised records are not there"],
  "one in the middle is lost": [([a, , c]) => [a, c], "says it is at 6"],
  "one in the middle is lost, and its place taken": [([a, , c]) => [a, at(c, 3)], "what was at 6 is read at 3"],
  "a batch is there twice": [(log) => [...log, at(log[2], 9)], "a duplicate"],
  "two have changed places": [([a, b, c]) => [at(b, 0), at(a, 3), c], "what was at 3 is read at 0"],
  "a bit has changed": [([a, b, c]) => [a, flipped(b), c], "the crc is wrong"],
  "there is what nobody sent": [(log) => [...log, at(stranger, 9)], "never sent"],
};

/** Complaints about a log read from such bytes. */
async function complaintsAbout(change) {
  const complaints = [];
  const book = partitionBook("p", (sentence) => complaints.push(sentence));
  const log = change(soundLog(book));
  await book.check(async (_, visit) => (log.length > 0 ? visit(Buffer.concat(log), 0) : 0), { all: true });
  return complaints;
}

export async function canFail({ tally }) {
  tally.verdict("the book is content with a sound log", await complaintsAbout((log) => log));
  for (const [lie, [change, complaint]] of Object.entries(lies)) {
    const complaints = await complaintsAbout(change);
    const noticed = complaints.some((sentence) => sentence.includes(complaint));
    tally.verdict(`the book notices that ${lie}`, noticed ? [] : [complaints.join("; ") || "it did not"]);
  }
}
