// How fast the codecs are: node packages/protocol/bench/codecs.mjs [seconds per line] (after npm run build)
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  encodeResponseFrame,
  Fetch,
  Metadata,
  Produce,
} from "../dist/index.js";

const secondsEach = Number(process.argv[2] ?? 1);

/** Runs `action` for a while and prints how many megabytes of frames it handled a second, the best of three. */
function measure(name, frameBytes, action) {
  const warmUpUntil = performance.now() + 300;
  while (performance.now() < warmUpUntil) action();
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    const until = start + (secondsEach * 1000) / 3;
    let runs = 0;
    let now = start;
    while (now < until) {
      for (let batch = 0; batch < 8; batch++) action();
      runs += 8;
      now = performance.now();
    }
    best = Math.max(best, runs / (now - start));
  }
  const megabytesPerSecond = (best * frameBytes) / 1000;
  const rows = [
    name.padEnd(44),
    `${frameBytes} B`.padStart(9),
    `${(1000 / best).toFixed(2)} us`.padStart(12),
    `${megabytesPerSecond.toFixed(0)} MB/s`.padStart(12),
  ];
  console.log(rows.join(" "));
}

const range = (count) => Array.from({ length: count }, (_, index) => index);
const topicId = (index) => Buffer.from(`topic-${String(index).padStart(10, "0")}`).toString("base64url");

const metadata = {
  brokers: range(3).map((nodeId) => ({ nodeId, host: `broker-${nodeId}.example.org`, port: 9092, rack: null })),
  clusterId: "cluster-0123456789abcd",
  controllerId: 1,
  topics: range(20).map((index) => ({
    errorCode: 0,
    name: `orders.of.region.${index}`,
    topicId: topicId(index),
    isInternal: false,
    partitions: range(25).map((partitionIndex) => ({
      errorCode: 0,
      partitionIndex,
      leaderId: partitionIndex % 3,
      leaderEpoch: 7,
      replicaNodes: [0, 1, 2],
      isrNodes: [0, 1, 2],
      offlineReplicas: [],
    })),
  })),
};

const records = Buffer.alloc(1024, 1);
const produce = (topics, partitions) => ({
  acks: -1,
  timeoutMs: 30_000,
  topicData: range(topics).map((topic) => ({
    name: `orders.of.region.${topic}`,
    topicId: topicId(topic),
    partitionData: range(partitions).map((index) => ({ index, records })),
  })),
});

const fetchRequest = (topics, partitions) => ({
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 52_428_800,
  topics: range(topics).map((topic) => ({
    topic: `orders.of.region.${topic}`,
    topicId: topicId(topic),
    partitions: range(partitions).map((partition) => ({
      partition,
      currentLeaderEpoch: 3,
      fetchOffset: 1_000_000 + partition,
      partitionMaxBytes: 1_048_576,
    })),
  })),
});

const fetchResponse = (topics, partitions) => ({
  responses: range(topics).map((topic) => ({
    topic: `orders.of.region.${topic}`,
    topicId: topicId(topic),
    partitions: range(partitions).map((partitionIndex) => ({
      partitionIndex,
      errorCode: 0,
      highWatermark: 1_000_000,
      lastStableOffset: 1_000_000,
      logStartOffset: 0,
      abortedTransactions: null,
      records: [records],
    })),
  })),
});

const bytesOf = (parts) => Buffer.concat(parts);
const withoutRecords = (bytes, count) => bytes.length - count * records.length;

function requestLines(name, api, version, request, recordsCount) {
  const bytes = bytesOf(encodeRequest(api, version, request));
  measure(`${name} decode`, withoutRecords(bytes, recordsCount), () => decodeRequest(api, version, bytes));
  measure(`${name} encode`, withoutRecords(bytes, recordsCount), () => encodeRequest(api, version, request));
}

function responseLines(name, api, version, response, recordsCount) {
  const bytes = bytesOf(encodeResponse(api, version, response));
  measure(`${name} decode`, withoutRecords(bytes, recordsCount), () => decodeResponse(api, version, bytes));
  measure(`${name} encode`, withoutRecords(bytes, recordsCount), () => encodeResponseFrame(api, version, 1, response));
}

console.log("Bytes are those of fields: records pass by reference.");
responseLines("Metadata v12 response, 500 partitions", Metadata, 12, metadata, 0);
responseLines("Metadata v5 response, 500 partitions", Metadata, 5, metadata, 0);
requestLines("Produce v9 request, 1 partition", Produce, 9, produce(1, 1), 1);
requestLines("Produce v13 request, 1 partition", Produce, 13, produce(1, 1), 1);
requestLines("Produce v9 request, 50 x 100 partitions", Produce, 9, produce(50, 100), 5000);
requestLines("Fetch v17 request, 1 partition", Fetch, 17, fetchRequest(1, 1), 0);
requestLines("Fetch v17 request, 50 x 100 partitions", Fetch, 17, fetchRequest(50, 100), 0);
responseLines("Fetch v17 response, 1 partition", Fetch, 17, fetchResponse(1, 1), 1);
responseLines("Fetch v17 response, 50 x 100 partitions", Fetch, 17, fetchResponse(50, 100), 5000);
