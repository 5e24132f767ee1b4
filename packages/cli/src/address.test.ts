import { describe, expect, it } from "vitest";
import { addressText, parseAddress } from "./address.js";

describe("an address", () => {
  it.each([
    ["127.0.0.1:9092", { host: "127.0.0.1", port: 9092 }],
    ["kafka.example.com:1", { host: "kafka.example.com", port: 1 }],
    ["[::1]:9092", { host: "::1", port: 9092 }],
    [":9092", { host: "0.0.0.0", port: 9092 }],
    ["localhost:0", { host: "localhost", port: 0 }],
  ])("%s is read", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each(["", "9092", "localhost", "localhost:", "localhost:x", "localhost:65536", "::1:9092", "a b:1", "[::1]", "http://a:1"])(
    "%j is none",
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  it("is written as it is read", () => {
    expect(addressText({ host: "::1", port: 1 })).toBe("[::1]:1");
    expect(addressText({ host: "h", port: 1 })).toBe("h:1");
  });
});
