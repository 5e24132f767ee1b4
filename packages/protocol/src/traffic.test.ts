// Frames that went between a real Kafka 4.3.1 and real clients (scripts/record-traffic.mjs): each is read to its last byte,
// and written again as it was.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apiByKey } from "./api-table.js";
import { apis } from "./apis/index.js";
import type { Api } from "./declaration.js";
import { decodeMessage } from "./encoding.js";
import { decodeRequestHeader, decodeResponseHeader, encodeRequestFrame, encodeResponseFrame } from "./frames.js";

const SIZE_BYTES = 4;

const lines = readFileSync(new URL("../testdata/kafka-4.3.1-traffic.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const frames = lines.flatMap((line) => {
  const [direction = "", key = "", version = "", base64 = ""] = line.split(" ");
  const api = apiByKey(Number(key));
  return api ? [{ direction, api, version: Number(version), bytes: Buffer.from(base64, "base64") }] : [];
});

const withoutSize = (parts: readonly Uint8Array[]): string => {
  const whole = Buffer.concat(parts);
  expect(whole.readInt32BE(0)).toBe(whole.length - SIZE_BYTES);
  return whole.subarray(SIZE_BYTES).toString("hex");
};

function requestAgain(api: Api, version: number, bytes: Buffer): string {
  const header = decodeRequestHeader(bytes);
  expect(header).toMatchObject({ known: true, api, apiKey: api.key, apiVersion: version });
  const request = decodeMessage(api.request, version, bytes, header.bodyPosition);
  return withoutSize(encodeRequestFrame(api, version, header, request));
}

function responseAgain(api: Api, version: number, bytes: Buffer): string {
  const { correlationId, bodyPosition } = decodeResponseHeader(api, version, bytes);
  const response = decodeMessage(api.response, version, bytes, bodyPosition);
  return withoutSize(encodeResponseFrame(api, version, correlationId, response));
}

describe("recorded traffic", () => {
  it.each(Object.values<Api>(apis).map((api) => [api.name, api] as const))("%s", (_, api) => {
    const recorded = frames.filter((frame) => frame.api === api);
    expect(recorded.length, "frames of this API").toBeGreaterThan(0);
    for (const { direction, version, bytes } of recorded) {
      const again = direction === "q" ? requestAgain(api, version, bytes) : responseAgain(api, version, bytes);
      expect(again, `${direction} v${version}`).toBe(bytes.toString("hex"));
    }
  });

  // Kafka refuses to talk about InitProducerId v6, which is not final, and AddPartitionsToTxn v4 with no transactions in it.
  it("holds requests of every version, and answers to all but two", () => {
    const kinds = (direction: string) =>
      new Set(frames.filter((frame) => frame.direction === direction).map(({ api, version }) => `${api.name} v${version}`));
    const versions = Object.values<Api>(apis).reduce((sum, api) => sum + api.versions.max - api.versions.min + 1, 0);
    expect(kinds("q").size).toBe(versions);
    expect(kinds("r").size).toBe(versions - 2);
  });
});
