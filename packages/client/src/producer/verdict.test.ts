import { type ErrorName, errors } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { type Circumstances, verdictOf } from "./verdict.js";

const usual: Circumstances = { topic: "t", partition: 3, recordCount: 10, idempotent: true, transactional: false, follows: false };
const verdict = (name: ErrorName, about: Partial<Circumstances> = {}) => verdictOf(errors[name].code, null, { ...usual, ...about });

describe("an answer to a batch", () => {
  it.each<[ErrorName, Partial<Circumstances>, object]>([
    ["NONE", {}, { kind: "stored" }],
    ["DUPLICATE_SEQUENCE_NUMBER", {}, { kind: "stored" }],
    ["NOT_LEADER_OR_FOLLOWER", {}, { kind: "again", refresh: true }],
    ["NOT_ENOUGH_REPLICAS", {}, { kind: "again", refresh: false }],
    ["UNKNOWN_TOPIC_ID", {}, { kind: "again", refresh: true }],
    ["MESSAGE_TOO_LARGE", {}, { kind: "split" }],
    ["MESSAGE_TOO_LARGE", { recordCount: 1 }, { kind: "failed", maybeStored: false }],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", { follows: true }, { kind: "again" }],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", {}, { kind: "renumber" }],
    ["UNKNOWN_PRODUCER_ID", {}, { kind: "renumber" }],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", { transactional: true }, { kind: "failed" }],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", { idempotent: false }, { kind: "failed" }],
    ["INVALID_RECORD", {}, { kind: "failed", maybeStored: false }],
    ["UNKNOWN_SERVER_ERROR", {}, { kind: "failed", maybeStored: true }],
    ["TOPIC_AUTHORIZATION_FAILED", {}, { kind: "failed", error: { code: "TOPIC_AUTHORIZATION_FAILED", topic: "t", partition: 3 } }],
    ["PRODUCER_FENCED", { transactional: true }, { kind: "failed", error: { retriable: false } }],
    ["TRANSACTION_ABORTABLE", { transactional: true }, { kind: "failed" }],
  ])("%s with %j means %j", (name, about, expected) => {
    expect(verdict(name, about)).toMatchObject(expected);
  });

  it("is told in the broker's words where it has some", () => {
    const refused = verdictOf(errors.INVALID_RECORD.code, "no key in a compacted topic", usual);
    expect(refused).toMatchObject({ error: { message: "no key in a compacted topic" } });
  });
});
