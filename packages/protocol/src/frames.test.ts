// Headers and frames.
import { describe, expect, it } from "vitest";
import { apiByKey, hasVersion } from "./api-table.js";
import { Produce } from "./apis/00-produce.js";
import { ApiVersions } from "./apis/18-api-versions.js";
import { decodeRequest, decodeResponse } from "./encoding.js";
import {
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestFrame,
  encodeRequestHeader,
  encodeResponseFrame,
  responseHeaderVersion,
} from "./frames.js";
import { OffsetCommitKey, OffsetCommitValue } from "./internal/offset-commit.js";
import { ProtocolError } from "./protocol-error.js";
import { decodeVersioned, encodeVersioned, versionedPrefix } from "./versioned.js";
import { versionRange } from "./versions.js";

const envelope = { correlationId: 7, clientId: "me" };

describe("a request's frame", () => {
  const records = Buffer.alloc(1000, 1);
  const partitionData = [{ index: 0, records }];
  const parts = encodeRequestFrame(Produce, 9, envelope, { acks: -1, timeoutMs: 1, topicData: [{ name: "t", partitionData }] });

  it("starts with size, header and leading fields in one part, and counts the records", () => {
    const [first, second] = parts;
    expect(Buffer.from(first ?? []).readInt32BE(0)).toBe(Buffer.concat(parts).length - 4);
    expect(second).toBe(records);
    const header = Buffer.concat(encodeRequestHeader(Produce, 9, envelope));
    expect(Buffer.from(first ?? []).subarray(4, 4 + header.length)).toEqual(header);
  });

  it("comes back", () => {
    const frame = Buffer.concat(parts).subarray(4);
    const header = decodeRequestHeader(frame);
    expect(header).toEqual({ ...envelope, known: true, api: Produce, apiKey: 0, apiVersion: 9, bodyPosition: 13 });
    expect(decodeRequest(Produce, 9, frame, header.bodyPosition).topicData[0]?.name).toBe("t");
  });
});

describe("the header of ApiVersions", () => {
  it("is understood in versions that do not exist yet", () => {
    const frame = Buffer.concat(
      encodeRequestFrame(ApiVersions, 3, envelope, { clientSoftwareName: "a", clientSoftwareVersion: "b" }),
    ).subarray(4);
    frame.writeInt16BE(99, 2);
    expect(decodeRequestHeader(frame)).toMatchObject({ known: true, apiVersion: 99, clientId: "me" });
    expect(hasVersion(ApiVersions, 99)).toBe(false);
  });

  it("has no tagged fields in responses of any version", () => {
    expect([0, 3, 4].map((version) => responseHeaderVersion(ApiVersions, version))).toEqual([0, 0, 0]);
    expect([8, 9].map((version) => responseHeaderVersion(Produce, version))).toEqual([0, 1]);
    const frame = Buffer.concat(encodeResponseFrame(ApiVersions, 3, 7, { errorCode: 35, apiKeys: [] })).subarray(4);
    const { correlationId, bodyPosition } = decodeResponseHeader(ApiVersions, 3, frame);
    expect({ correlationId, bodyPosition }).toEqual({ correlationId: 7, bodyPosition: 4 });
    expect(decodeResponse(ApiVersions, 3, frame, bodyPosition).errorCode).toBe(35);
  });
});

describe("what an internal topic holds", () => {
  const key = { group: "g", topic: "t", partition: 1 };
  const value = { offset: 5, metadata: "", commitTimestamp: 9 };

  it("starts with the kind of record in keys, and with the version in values", () => {
    expect(versionedPrefix(encodeVersioned(OffsetCommitKey, 0, key))).toBe(1);
    expect(versionedPrefix(encodeVersioned(OffsetCommitValue, 3, value))).toBe(3);
    expect(decodeVersioned(OffsetCommitKey, encodeVersioned(OffsetCommitKey, 0, key))).toEqual({ version: 0, value: key });
    expect(decodeVersioned(OffsetCommitValue, encodeVersioned(OffsetCommitValue, 3, value))).toMatchObject({ version: 3, value });
  });

  it("is refused when it is of another kind, of an unknown version, or too short", () => {
    expect(() => decodeVersioned(OffsetCommitKey, Buffer.of(0, 2, 0, 0))).toThrow("OffsetCommitKey: it cannot start with 2");
    expect(() => decodeVersioned(OffsetCommitValue, Buffer.of(0, 99))).toThrow("OffsetCommitValue: it cannot start with 99");
    expect(() => versionedPrefix(Buffer.of(0))).toThrow(ProtocolError);
  });
});

describe("tables", () => {
  it("find APIs by key, and no others", () => {
    expect(apiByKey(18)).toBe(ApiVersions);
    expect([-1, 4, 999].map(apiByKey)).toEqual([undefined, undefined, undefined]);
  });

  it("read version ranges, and no others", () => {
    expect(["3", "0-3", "3+"].map(versionRange)).toEqual([
      { min: 3, max: 3 },
      { min: 0, max: 3 },
      { min: 3, max: Number.POSITIVE_INFINITY },
    ]);
    for (const wrong of ["", "3-", "-1", "3-1", "a", "none"]) expect(() => versionRange(wrong), wrong).toThrow(RangeError);
  });
});
