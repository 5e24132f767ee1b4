import { expect, it } from "vitest";
import { type RetentionConfig, topicRule } from "./topic-rule.js";

const DELETED: RetentionConfig = { deleted: true, retentionMs: -1, retentionBytes: -1 };

it.each<[string, RetentionConfig, ReturnType<typeof topicRule>]>([
  ["nothing for ever and all", DELETED, undefined],
  ["nothing where records are not deleted", { deleted: false, retentionMs: 1, retentionBytes: 1 }, undefined],
  ["by time", { ...DELETED, retentionMs: 300 }, { olderThanMs: 700 }],
  ["by time, at once", { ...DELETED, retentionMs: 0 }, { olderThanMs: 1_000 }],
  ["by size", { ...DELETED, retentionBytes: 50 }, { keepBytes: 50 }],
  ["by size, all of it", { ...DELETED, retentionBytes: 0 }, { keepBytes: 0 }],
  ["by both", { deleted: true, retentionMs: 300, retentionBytes: 50 }, { olderThanMs: 700, keepBytes: 50 }],
  ["by no size below none", { deleted: true, retentionMs: 300, retentionBytes: -7 }, { olderThanMs: 700 }],
])("asks for %s", (_, config, rule) => {
  expect(topicRule(config, 1_000)).toEqual(rule);
});
