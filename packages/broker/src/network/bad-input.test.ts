// Peers that send what no client sends: each gets Kafka's answer or a closed connection with one line in the log, and the next client
// is served.
import { ApiVersions, decodeResponse, encodeRequestFrame, errors, Metadata, Produce } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { batchOf, createTopic, produce } from "../testing/topics.js";

const { broker, client: healthy } = await brokerOfFile({ properties: { "socket.request.max.bytes": String(32 * 1024 * 1024) } });
await createTopic(healthy, "t");
let seen = broker.log.length;

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const framed = (...parts: readonly Uint8Array[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};
/** A request header of version 1, or the start of one. */
const header = (apiKey: number, apiVersion: number) => {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey, 0);
  bytes.writeInt16BE(apiVersion, 2);
  bytes.writeInt32BE(77, 4);
  bytes.writeInt16BE(-1, 8);
  return bytes;
};

/** Sends and waits for the end: gives why the broker closed the connection, which it must say in one line. */
async function closedBy(...parts: readonly Uint8Array[]): Promise<string> {
  const hostile = broker.connect();
  hostile.send(...parts);
  await hostile.closed;
  const lines = broker.log.slice(seen);
  seen = broker.log.length;
  expect(lines.map(({ level, message }) => [level, message])).toEqual([["warn", "connection closed"]]);
  expect((await healthy.ask(Metadata, 12, { topics: null })).topics).toHaveLength(1);
  return String(lines[0]?.fields.reason);
}

describe("a peer is closed", () => {
  it("for a frame that no frame can be", async () => {
    expect(await closedBy(Buffer.from("GET / HTTP/1.1\r\nHost: broker\r\n\r\n"))).toContain("1195725856 bytes");
    expect(await closedBy(int32(-1))).toContain("-1 bytes");
    expect(await closedBy(int32(2 ** 31 - 1))).toContain("socket.request.max.bytes");
    expect(await closedBy(int32(33 * 1024 * 1024))).toContain("socket.request.max.bytes");
    expect(await closedBy(Buffer.from("160301020001000001fc0303", "hex"))).toContain("bytes");
  });

  it("for a header that is none", async () => {
    expect(await closedBy(framed())).toContain("a request header could not be read");
    expect(await closedBy(framed(Buffer.alloc(7)))).toContain("7 bytes, fewer than 8");
    expect(await closedBy(framed(header(Metadata.key, 9).subarray(0, 9)))).toContain("clientId");
    expect(await closedBy(framed(header(9_999, 0)))).toContain("unknown API key 9999");
    expect(await closedBy(framed(header(-1, 0)))).toContain("unknown API key -1");
    expect(await closedBy(framed(header(7, 3), Buffer.alloc(1)))).toContain("unknown API key 7");
    expect(await closedBy(framed(header(Metadata.key, 99), Buffer.alloc(1)))).toContain("Metadata version 99 is not supported");
    expect(await closedBy(framed(header(Metadata.key, -1)))).toContain("Metadata version -1 is not supported");
  });

  it("for a body that its frame does not hold", async () => {
    const body = (...parts: readonly Uint8Array[]) => framed(header(Metadata.key, 4), ...parts);
    expect(await closedBy(body())).toContain("topics: 4 bytes wanted where 0 are left");
    expect(await closedBy(body(int32(2 ** 31 - 1)))).toContain("2147483647 elements cannot lie in the 0 bytes");
    expect(await closedBy(body(int32(1), Buffer.from([0x7f, 0xff, 1])))).toContain("topics[0].name: 32767 bytes wanted where 1 are left");
    expect(await closedBy(body(int32(1), Buffer.from([0xff, 0xff, 1])))).toContain("does not allow null");
    const request = Buffer.concat(encodeRequestFrame(Metadata, 12, { correlationId: 1, clientId: "x" }, { topics: [{ name: "t" }] }));
    for (let length = 9; length < request.length - 4; length++) {
      expect(await closedBy(int32(length), request.subarray(4, 4 + length))).toContain("could not be read");
    }
  });

  it("for more than a request may have: elements, or bytes that are not records", async () => {
    const many = Buffer.alloc(2 * 600_000);
    expect(await closedBy(framed(header(Metadata.key, 4), int32(600_000), many))).toContain("too many in all");
    expect(await closedBy(framed(header(Metadata.key, 4), Buffer.alloc(17 * 1024 * 1024)))).toContain("Metadata of 17825802 bytes");
    // A produce of as many bytes is decoded, and answered.
    const batch = Buffer.alloc(20 * 1024 * 1024);
    expect((await produce(healthy, "t", batch)).errorCode).not.toBe(0);
  });
});

describe("a version that is not known", () => {
  it("is told which are, when it is one of ApiVersions", async () => {
    for (const version of [5, 99, -1, 2 ** 15 - 1]) {
      const newer = broker.connect();
      newer.send(framed(header(ApiVersions.key, version), Buffer.from("\0whatever a newer client says")));
      const answer = await newer.frame();
      expect(answer.readInt32BE(0)).toBe(77);
      const { errorCode, apiKeys } = decodeResponse(ApiVersions, 0, answer, 4);
      expect(errorCode).toBe(errors.UNSUPPORTED_VERSION.code);
      expect(apiKeys).toEqual([{ apiKey: ApiVersions.key, minVersion: 0, maxVersion: 4 }]);
      const { apiKeys: all } = await newer.ask(ApiVersions, 0, {});
      expect(all.length).toBeGreaterThan(20);
    }
  });

  it("is no reason to say who one is in other words than Kafka knows", async () => {
    const ask = async (clientSoftwareName: string) =>
      (await healthy.ask(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion: "1" })).errorCode;
    expect([await ask("a-client.x"), await ask(""), await ask("-x"), await ask("a b")]).toEqual([0, 42, 42, 42]);
  });
});

describe("a produce that lies", () => {
  it("costs its producer an error, and nobody else anything", async () => {
    const sound = batchOf(["a", "b", "c"]);
    const lie = (at: number, ...bytes: readonly number[]) => {
      const lying = Buffer.from(sound);
      lying.set(bytes, at);
      return lying;
    };
    const lies = {
      length: lie(8, 0x7f, 0xff, 0xff, 0xff),
      "negative length": lie(8, 0xff, 0xff, 0xff, 0xff),
      magic: lie(16, 9),
      crc: lie(17, 1, 2, 3, 4),
      compression: lie(22, 7),
      "last offset delta": lie(23, 0x7f, 0xff, 0xff, 0xff),
      count: lie(57, 0x7f, 0xff, 0xff, 0xff),
    };
    for (const [name, lying] of Object.entries(lies)) expect((await produce(healthy, "t", lying)).errorCode, name).toBeGreaterThan(0);
    expect(await produce(healthy, "t", sound)).toMatchObject({ errorCode: 0, baseOffset: 0 });
  });

  it("with acks=0 ends its connection alone", async () => {
    const request = {
      transactionalId: null,
      acks: 0,
      timeoutMs: 0,
      topicData: [{ name: "t", partitionData: [{ index: 0, records: null }] }],
    };
    const frame = encodeRequestFrame(Produce, 9, { correlationId: 1, clientId: null }, request);
    seen = broker.log.length;
    expect(await closedBy(...frame)).toContain("acks=0");
    expect(broker.fatal).toEqual([]);
  });
});
