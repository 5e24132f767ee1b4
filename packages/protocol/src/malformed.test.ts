// Malformed bytes: whatever comes, decoding gives a value or a ProtocolError, the same by both codecs, and takes no more
// memory than the frame could hold.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fetch } from "./apis/01-fetch.js";
import { Metadata } from "./apis/03-metadata.js";
import { DeleteRecords } from "./apis/21-delete-records.js";
import { DescribeLogDirs } from "./apis/35-describe-log-dirs.js";
import { ListConfigResources } from "./apis/74-list-config-resources.js";
import { type Decoder, generatedCodec, interpretingCodec } from "./codec.js";
import { decodeMessage, decodeRequest, decodeResponse, encodeRequest, encodeResponse, MOST_REQUEST_ELEMENTS } from "./encoding.js";
import { decodeRequestHeader } from "./frames.js";
import { generateDecoder } from "./generate-decoder.js";
import { layoutOf } from "./layout.js";
import { ProtocolError } from "./protocol-error.js";
import { comparable } from "./testing/comparable.js";
import { messagesByName } from "./testing/messages.js";

const lines = readFileSync(new URL("../testdata/kafka-4.3.1-encoded.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const samples = lines.flatMap((line) => {
  const [name = "", version = "", base64 = ""] = line.split(" ", 3);
  const message = messagesByName.get(name);
  return message ? [{ message, version: Number(version), bytes: Buffer.from(base64 === "-" ? "" : base64, "base64") }] : [];
});

type Outcome = { readonly value: unknown; readonly end: number } | { readonly problem: string };

function outcome(decode: Decoder, bytes: Buffer): Outcome {
  const cursor = { position: 0, elementsLeft: Number.POSITIVE_INFINITY };
  try {
    const value = decode(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), cursor);
    return { value: comparable(value), end: cursor.position };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { problem: error.message };
  }
}

/** A change to a frame: some bytes replaced, put in or cut out, or all cut off from there on. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 1, 2, 4, 1000),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom(
      [0xff, 0xff, 0xff, 0xff],
      [0x7f, 0xff, 0xff, 0xff],
      [0x80, 0, 0, 0],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0],
    ),
  ),
});

function changed(
  bytes: Buffer,
  changes: readonly { readonly at: number; readonly removed: number; readonly put: Iterable<number> }[],
): Buffer {
  return changes.reduce((current, { at, removed, put }) => {
    const position = Math.floor(at * current.length);
    return Buffer.concat([current.subarray(0, position), Uint8Array.from([...put]), current.subarray(position + removed)]);
  }, bytes);
}

describe("a malformed message", () => {
  it("is refused with a ProtocolError, or read alike by both codecs", () => {
    let refused = 0;
    let read = 0;
    for (const { message, version, bytes } of samples) {
      const layout = layoutOf(message, version);
      const reference = interpretingCodec(layout, message.name).decode;
      const generated = generateDecoder(layout);
      const property = fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const bad = changed(bytes, changes);
        const expected = outcome(reference, bad);
        if ("problem" in expected) expect(() => outcome(generated, bad)).toThrow(RangeError);
        else expect(outcome(generated, bad)).toEqual(expected);
        if ("problem" in expected) refused++;
        else read++;
      });
      fc.assert(property, { numRuns: 12 });
    }
    // Both happen: the changes are neither harmless nor always fatal.
    expect(refused).toBeGreaterThan(1000);
    expect(read).toBeGreaterThan(100);
  });

  it("is refused wherever it is cut off", () => {
    for (const { message, version, bytes } of samples.filter(({ version }) => version % 3 === 0)) {
      const { decode } = generatedCodec(layoutOf(message, version), message.name);
      for (let length = 0; length < bytes.length; length += 3)
        expect(outcome(decode, bytes.subarray(0, length)), `${message.name} v${version}`).toHaveProperty("problem");
    }
  });
});

describe("what is refused", () => {
  const request = Buffer.concat(encodeRequest(Metadata, 9, { topics: [{ name: "orders" }] }));

  it("is named by field and position", () => {
    const cut = request.subarray(0, 5);
    expect(() => decodeRequest(Metadata, 9, cut)).toThrow(
      "MetadataRequest v9: topics[0].name: 6 bytes wanted where 3 are left (at byte 2)",
    );
  });

  it("includes bytes after a message, but not after a request: Kafka leaves those alone", () => {
    const longer = Buffer.concat([request, Buffer.of(0)]);
    expect(() => decodeMessage(Metadata.request, 9, longer)).toThrow("1 bytes too many (at byte 13)");
    expect(decodeRequest(Metadata, 9, longer)).toEqual(decodeRequest(Metadata, 9, request));
  });

  it("includes negative lengths, except where null is allowed: there Kafka takes any as null", () => {
    const negative = Buffer.of(0xff, 0xff, 0xff, 0xf9);
    expect(() => decodeRequest(Metadata, 0, negative)).toThrow("topics: length -7 where the version does not allow null");
    expect(decodeRequest(Metadata, 1, negative).topics).toBeNull();
  });

  it("includes a count that the frame cannot hold, before anything is allocated for it", () => {
    // Room for 2^27 elements would be a gigabyte: the test would not survive it.
    const lying = Buffer.concat([Buffer.of(0x08, 0, 0, 0), Buffer.alloc(64)]);
    expect(() => decodeRequest(Metadata, 1, lying)).toThrow("topics: 134217728 elements cannot lie in the 64 bytes that are left");
  });

  it("includes a request whose arrays have too many elements all together, in whichever codec", () => {
    const topics = (count: number) =>
      Buffer.concat(encodeRequest(DescribeLogDirs, 1, { topics: Array(count).fill({ topic: "", partitions: [7] }) }));
    const half = MOST_REQUEST_ELEMENTS / 2;
    expect(decodeRequest(DescribeLogDirs, 1, topics(half)).topics).toHaveLength(half);
    expect(() => decodeRequest(DescribeLogDirs, 1, topics(half + 1))).toThrow(
      "partitions: 1 elements, with which the message has too many in all",
    );
    // Answers come from a broker that the client chose.
    const manyThrottled = {
      throttleTimeMs: 0,
      errorCode: 0,
      configResources: Array(MOST_REQUEST_ELEMENTS + 1).fill({ resourceName: "", resourceType: 2 }),
    };
    const answer = Buffer.concat(encodeResponse(ListConfigResources, 1, manyThrottled));
    expect(decodeResponse(ListConfigResources, 1, answer).configResources).toHaveLength(MOST_REQUEST_ELEMENTS + 1);
  });

  it("does not include an offset or a time beyond 2^53 in a request: it is taken for the nearest there is", () => {
    const ask = (offset: string) => {
      const bytes = Buffer.concat(
        encodeRequest(DeleteRecords, 0, { topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 0 }] }], timeoutMs: 0 }),
      );
      bytes.write(offset, bytes.length - 12, "hex");
      const layout = layoutOf(DeleteRecords.request, 0);
      const decoded = [interpretingCodec(layout, "request").decode, generateDecoder(layout)].map((decode) => outcome(decode, bytes));
      expect(decoded[0]).toEqual(decoded[1]);
      return decodeRequest(DeleteRecords, 0, bytes).topics[0]?.partitions[0]?.offset;
    };
    expect(ask("7fffffffffffffff")).toBe(2 ** 53 - 1);
    expect(ask("0020000000000000")).toBe(2 ** 53 - 1);
    expect(ask("001fffffffffffff")).toBe(2 ** 53 - 1);
    expect(ask("001ffffffffffffe")).toBe(2 ** 53 - 2);
    expect(ask("8000000000000000")).toBe(-(2 ** 53));
    expect(ask("ffffffffffffffff")).toBe(-1);
  });

  it("includes an offset beyond 2^53 in a response", () => {
    const low = { name: "t", partitions: [{ partitionIndex: 0, lowWatermark: 0, errorCode: 0 }] };
    const bytes = Buffer.concat(encodeResponse(DeleteRecords, 0, { topics: [low] }));
    bytes.write("0020000000000000", bytes.length - 10, "hex");
    expect(() => decodeResponse(DeleteRecords, 0, bytes)).toThrow("lowWatermark: the number 9007199254740992 is beyond 2^53");
  });

  it("includes a tagged field that is longer or shorter than it says", () => {
    const response = {
      responses: [
        {
          topicId: "AAAAAAAAAAAAAAAAAAAAAA",
          partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 0, records: null, currentLeader: { leaderId: 5 } }],
        },
      ],
    };
    const bytes = Buffer.concat(encodeResponse(Fetch, 16, response));
    const sizeAt = bytes.lastIndexOf(Buffer.of(9, 0, 0, 0, 5));
    expect(sizeAt).toBeGreaterThan(0);
    bytes[sizeAt] = 8;
    expect(() => decodeResponse(Fetch, 16, bytes)).toThrow("currentLeader: a tagged field said to have 8 bytes has 9");
  });

  it("does not include tagged fields that are not known", () => {
    const unknown = Buffer.concat([request.subarray(0, -1), Buffer.of(2, 77, 2, 1, 2, 78, 0)]);
    expect(decodeRequest(Metadata, 9, unknown)).toEqual(decodeRequest(Metadata, 9, request));
  });

  it("includes headers without their leading fields, but not those of unknown APIs", () => {
    expect(() => decodeRequestHeader(Buffer.alloc(7))).toThrow(ProtocolError);
    const header = Buffer.of(0x70, 0, 0, 3, 0, 0, 0, 9, 0xff);
    expect(decodeRequestHeader(header)).toEqual({
      known: false,
      apiKey: 0x7000,
      apiVersion: 3,
      correlationId: 9,
      clientId: null,
      bodyPosition: 8,
    });
  });
});
