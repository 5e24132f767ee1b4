// What encoders promise: records by reference, defaults for what is left out, refusal of what has no form.
import { ZERO_UUID } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { Produce } from "./apis/00-produce.js";
import { Fetch } from "./apis/01-fetch.js";
import { Metadata } from "./apis/03-metadata.js";
import { CreateTopics } from "./apis/19-create-topics.js";
import { interpretingCodec } from "./codec.js";
import { array, int32, message, nullable, type RequestInput, string, struct, tagged, uint32 } from "./declaration.js";
import { decodeMessage, decodeRequest, decodeResponse, encodeMessage, encodeRequest, encodeResponse } from "./encoding.js";
import { layoutOf } from "./layout.js";
import { createWriter, takeParts } from "./writer.js";

const whole = (parts: readonly Uint8Array[]) => Buffer.concat(parts);

const produceOf = (...records: (Uint8Array | readonly Uint8Array[] | null)[]): RequestInput<typeof Produce> => ({
  acks: -1,
  timeoutMs: 1000,
  topicData: [{ name: "orders", partitionData: records.map((each, index) => ({ index, records: each })) }],
});

describe("records", () => {
  const [first, second, third] = [Buffer.alloc(100, 1), Buffer.alloc(200, 2), Buffer.alloc(300, 3)];

  it("are handed on by reference, in their place between the fields", () => {
    const parts = encodeRequest(Produce, 9, produceOf(first, [second, third], null, []));
    expect(parts.filter((part) => [first, second, third].some((records) => records === part))).toEqual([first, second, third]);
    expect(parts).toHaveLength(6);
    const { topicData } = decodeRequest(Produce, 9, whole(parts));
    const decoded = topicData[0]?.partitionData.map(({ records }) => records && Buffer.from(records).toString("hex"));
    expect(decoded).toEqual([first.toString("hex"), Buffer.concat([second, third]).toString("hex"), null, ""]);
  });

  it("are decoded as views of the frame", () => {
    const frame = whole(encodeRequest(Produce, 9, produceOf(first)));
    const records = decodeRequest(Produce, 9, frame).topicData[0]?.partitionData[0]?.records;
    frame.fill(9, frame.indexOf(1, 20), frame.indexOf(1, 20) + 1);
    expect(records?.buffer).toBe(frame.buffer);
    expect(records?.includes(9)).toBe(true);
  });

  it("keep their parts when the buffer for the fields has to grow in between", () => {
    const large = { ...produceOf(first), transactionalId: null };
    const topics = Array.from({ length: 20_000 }, () => large.topicData[0]).filter((topic) => topic !== undefined);
    const parts = encodeRequest(Produce, 9, { ...large, topicData: topics });
    const { topicData } = decodeRequest(Produce, 9, whole(parts));
    expect(topicData).toHaveLength(20_000);
    expect(topicData.every(({ name, partitionData }) => name === "orders" && partitionData[0]?.records?.length === 100)).toBe(true);
  });
});

describe("a field left out", () => {
  it("takes its default, in what is decoded as well", () => {
    const request = decodeRequest(Metadata, 12, whole(encodeRequest(Metadata, 12, {})));
    expect(request).toEqual({
      topics: null,
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    const old = decodeRequest(Metadata, 0, whole(encodeRequest(Metadata, 0, { topics: [{ name: "orders" }] })));
    expect(old).toEqual({ ...request, topics: [{ name: "orders", topicId: ZERO_UUID }] });
  });
});

describe("a field that the version lacks", () => {
  it("is refused in requests, unless it is ignorable or says nothing", () => {
    const topic = { name: "orders", numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
    expect(() => encodeRequest(Metadata, 0, { topics: [{ name: "orders" }], allowAutoTopicCreation: false })).toThrow(
      "MetadataRequest v0: allowAutoTopicCreation: this version has no such field",
    );
    expect(encodeRequest(Metadata, 0, { topics: [], allowAutoTopicCreation: true })).toHaveLength(1);
    expect(encodeRequest(CreateTopics, 2, { topics: [topic], timeoutMs: 1 })).toHaveLength(1);
  });

  it("is dropped from responses: their reader could not read it", () => {
    const nodeEndpoints = [{ nodeId: 1, host: "a", port: 1 }];
    const bytes = whole(encodeResponse(Fetch, 12, { responses: [], nodeEndpoints }));
    expect(decodeResponse(Fetch, 12, bytes).nodeEndpoints).toEqual([]);
  });
});

describe("a value without a form", () => {
  const refused: readonly [problem: string, value: unknown][] = [
    ["topicData[0].partitionData[0].index: 2147483648 where an integer", { partitionData: [{ index: 2 ** 31, records: null }] }],
    ["topicData[0].partitionData[0].index: 0.5 where an integer", { partitionData: [{ index: 0.5, records: null }] }],
    ["topicData[0].name: null where the version allows none", { name: null, partitionData: [] }],
    ["topicData[0].name: a string of 32768 bytes", { name: "ab".repeat(16_384), partitionData: [] }],
    ["topicData[0].partitionData: not an array", { partitionData: 5 }],
    ["topicData[0].topicId: short where a uuid is wanted", { topicId: "short", partitionData: [] }],
  ];

  it.each(refused)("is refused by name: %s", (problem, topic) => {
    const version = problem.includes("topicId") ? 13 : 12;
    const request = { acks: 1, timeoutMs: 1, topicData: [topic] } as unknown as RequestInput<typeof Produce>;
    expect(() => encodeRequest(Produce, version, request)).toThrow(`ProduceRequest v${version}: ${problem}`);
    // The next message is not harmed by what was written of this one.
    expect(decodeRequest(Metadata, 9, whole(encodeRequest(Metadata, 9, { topics: [] }))).topics).toEqual([]);
  });

  it("is refused for versions that there are none of", () => {
    expect(() => encodeRequest(Produce, 14, produceOf(null))).toThrow(RangeError);
    expect(() => decodeRequest(Produce, 2, Buffer.alloc(10))).toThrow("ProduceRequest has no version 2");
  });
});

describe("the language", () => {
  const Sample = message({
    name: "Sample",
    versions: "0-1",
    flexible: "0+",
    fields: {
      count: uint32(),
      inner: tagged(0, struct({ texts: array(string()) })),
      cursor: nullable(struct({ partition: int32({ default: 7 }) })),
      late: int32("1+", { default: -5 }),
    },
  });

  it("writes tagged fields of any size", () => {
    for (const length of [0, 1, 122, 123, 124, 125, 200, 16_374, 16_375, 16_376, 30_000]) {
      const value = { count: 4_294_967_295, inner: { texts: ["x".repeat(length)] }, cursor: {} };
      const parts = encodeMessage(Sample, 1, value);
      expect(decodeMessage(Sample, 1, whole(parts))).toEqual({ ...value, cursor: { partition: 7 }, late: -5 });
      const writer = createWriter();
      interpretingCodec(layoutOf(Sample, 1), "Sample").encode(value, writer);
      expect(whole(takeParts(writer)).equals(whole(parts))).toBe(true);
    }
  });

  it("infers what must be given, and what is there", () => {
    // @ts-expect-error count is in every version and has no default
    expect(decodeMessage(Sample, 0, whole(encodeMessage(Sample, 0, {}))).count).toBe(0);
    const decoded = decodeMessage(Sample, 0, whole(encodeMessage(Sample, 0, { count: 1 })));
    const partition: number | undefined = decoded.cursor?.partition;
    expect(partition).toBeUndefined();
    // @ts-expect-error null must be dealt with
    expect(() => decoded.cursor.partition).toThrow(TypeError);
  });
});
