// What reading, checking, building and compressing batches costs. Run after `npm run build`: node packages/records/bench/records.mjs
import * as records from "../dist/index.js";

const MIN_MS = 300;
const WARM_UP_RUNS = 5;

/** Seconds per call of `work`, over at least MIN_MS. */
function secondsPer(work, unitsPerCall = 1) {
  for (let run = 0; run < WARM_UP_RUNS; run++) work();
  let calls = 0;
  const start = performance.now();
  let elapsedMs = 0;
  for (let step = 1; elapsedMs < MIN_MS; step *= 2) {
    for (let call = 0; call < step; call++) work();
    calls += step;
    elapsedMs = performance.now() - start;
  }
  return elapsedMs / 1000 / calls / unitsPerCall;
}

const say = (name, value, unit) => console.log(`${name.padEnd(44)} ${value.padStart(10)} ${unit}`);
const nanos = (name, seconds) => say(name, (seconds * 1e9).toFixed(1), "ns");
const megabytes = (name, bytes, seconds) => say(name, (bytes / 1e6 / seconds).toFixed(0), "MB/s");
const millions = (name, count, seconds) => say(name, (count / 1e6 / seconds).toFixed(2), "M records/s");

/** Records like JSON events: some fields repeat, some do not. */
function events(count, valueBytes, timestamp = 1_700_000_000_000) {
  return Array.from({ length: count }, (_, index) => {
    let text = "";
    while (text.length < valueBytes) text += `{"order":${Math.floor(Math.random() * 1e9)},"customer":"c${index % 97}","status":"shipped"}`;
    return { key: Buffer.from(`key-${index}`), value: Buffer.from(text.slice(0, valueBytes)), timestamp: timestamp + index };
  });
}

const small = events(9000, 100);
const large = events(1000, 1024);
const smallBatch = records.buildBatch({ records: small });
const largeBatch = records.buildBatch({ records: large });
const header = records.readBatchHeader(smallBatch, 0);
let sink = 0;

const READS = 1000;
const reads = (read) =>
  secondsPer(() => {
    for (let index = 0; index < READS; index++) sink += read();
  }, READS);

nanos(
  "readBatchHeader",
  reads(() => records.readBatchHeader(smallBatch, 0).recordCount),
);
nanos(
  "batchSizeBytes + batchLastOffset",
  reads(() => records.batchSizeBytes(smallBatch, 0) + records.batchLastOffset(smallBatch, 0)),
);
const tiny = records.buildBatch({ records: small.slice(0, 1) });
nanos(
  "checkBatch, one record of 100 B",
  reads(() => (records.checkBatch(tiny, 0, tiny.length) ? 1 : 0)),
);
nanos(
  "patchBatch",
  reads(() => records.patchBatch(tiny, 0, { baseOffset: 5, leaderEpoch: 1 }) ?? 0),
);
megabytes(
  "checkBatch, 1 MB (crc32c)",
  largeBatch.length,
  secondsPer(() => records.checkBatch(largeBatch, 0, largeBatch.length)),
);
millions(
  "checkRecordLengths, 100 B",
  small.length,
  secondsPer(() => records.checkRecordLengths(smallBatch, 0, header)),
);
millions(
  "validateRecords, 100 B",
  small.length,
  secondsPer(() => records.validateRecords(smallBatch, 0, { keysRequired: true })),
);

function iterate(batch) {
  for (const record of records.records(batch, 0)) sink += record.value.length;
}
millions(
  "records, 100 B",
  small.length,
  secondsPer(() => iterate(smallBatch)),
);
millions(
  "records, 1 KiB",
  large.length,
  secondsPer(() => iterate(largeBatch)),
);
millions(
  "buildBatch, 100 B",
  small.length,
  secondsPer(() => records.buildBatch({ records: small })),
);
millions(
  "buildBatch, 1 KiB",
  large.length,
  secondsPer(() => records.buildBatch({ records: large })),
);

for (const compression of records.COMPRESSIONS.slice(1)) {
  for (const [label, batch] of [
    ["16 KB", smallBatch.subarray(61, 61 + 16_384)],
    ["1 MB", largeBatch.subarray(61)],
  ]) {
    const start = performance.now();
    const compressed = records.compress(compression, batch);
    const firstMs = performance.now() - start;
    const ratio = (batch.length / compressed.length).toFixed(1);
    megabytes(
      `${compression} compress ${label} (${ratio}:1)`,
      batch.length,
      secondsPer(() => records.compress(compression, batch)),
    );
    megabytes(
      `${compression} decompress ${label}`,
      batch.length,
      secondsPer(() => records.decompress(compression, compressed)),
    );
    if (label === "16 KB") say(`${compression} first use`, firstMs.toFixed(1), "ms");
  }
}
if (sink < 0) console.log(sink);
