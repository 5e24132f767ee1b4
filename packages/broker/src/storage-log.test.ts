import { DiskError } from "@moldau/env";
import { StorageError } from "@moldau/storage";
import { expect, it } from "vitest";
import { logStorage } from "./storage-log.js";

const noSpace = new DiskError("ENOSPC", "/data/journal/000001.ring", "write /data/journal/000001.ring: no space left on device");

function lineOf(error: Error): string {
  const lines: string[] = [];
  const say = (level: string) => (fields: object, message: string) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  logStorage(log, { kind: "failing", what: "journal", error });
  return lines.join("\n");
}

it.each([
  ["the disk's own error", noSpace],
  ["a quota's", new DiskError("EDQUOT", "/data", "quota exceeded")],
  ["what storage made of it", new StorageError("full", noSpace.message, noSpace)],
])("says what to do about a full disk: %s", (_, error) => {
  expect(lineOf(error)).toContain("error the disk is full: free space on it");
  expect(lineOf(error)).toContain(error.message);
});

it.each([
  ["a journal that waits for consolidation", new StorageError("full", "the journal was full for 10000 ms")],
  ["a device that fails", new DiskError("EIO", "/data", "read error")],
])("does not send anybody to free space for %s", (_, error) => {
  expect(lineOf(error)).toContain("error storage fails and tries again");
});
