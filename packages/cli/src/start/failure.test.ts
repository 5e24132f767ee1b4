import { DiskError } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { failureSentence } from "./failure.js";

const address = { host: "127.0.0.1", port: 9092 };
const systemError = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

describe("a failure to start", () => {
  it.each([
    ["EADDRINUSE", "127.0.0.1:9092 is in use by another program: stop that, or choose another port with --listen."],
    ["EADDRNOTAVAIL", "127.0.0.1:9092 is not an address of this machine: choose another with --listen."],
    ["EACCES", "127.0.0.1:9092 needs rights that this user does not have: choose a port above 1023 with --listen."],
    ["ENOTFOUND", "127.0.0.1 is not a known host: choose another with --listen."],
  ])("of the port, %s, says what to do", (code, sentence) => {
    expect(failureSentence(systemError(code), address, "--listen")).toBe(sentence);
  });

  it.each([
    ["EACCES", "/data cannot be written"],
    ["EROFS", "/data cannot be written"],
    ["ENOSPC", "/data has no room left"],
    ["ENOTDIR", "/data is not a directory"],
    ["ELOCKED", "in use by process 7: stop that broker"],
    ["EIO", "in use by process 7"],
  ])("of the disk, %s, says what to do", (code, sentence) => {
    expect(failureSentence(new DiskError(code, "/data", "/data is in use by process 7"), address, "--listen")).toContain(sentence);
  });

  it("of another kind says what it says", () => {
    expect(failureSentence(new Error("the data directory is of a newer version"), address, "--listen")).toBe(
      "the data directory is of a newer version",
    );
  });
});
