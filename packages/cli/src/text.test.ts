import { describe, expect, it } from "vitest";
import { bytesText, countText, jsonLine, quoted, table, timeText } from "./text.js";

describe("values as people read them", () => {
  it("are sizes, counts and times", () => {
    expect([0, 1023, 1024, 1536, 150 * 1024, 5 * 1024 ** 3].map(bytesText)).toEqual([
      "0 B",
      "1023 B",
      "1.0 KiB",
      "1.5 KiB",
      "150 KiB",
      "5.0 GiB",
    ]);
    expect([countText(1, "file"), countText(0, "file"), countText(2, "batch", "batches")]).toEqual(["1 file", "0 files", "2 batches"]);
    expect([timeText(0), timeText(-1), timeText(9e15)]).toEqual(["1970-01-01T00:00:00.000Z", "-1", "9000000000000000"]);
  });

  it("are tables, with numbers to the right", () => {
    expect(
      table(
        ["NAME", "COUNT"],
        [
          ["a", 7],
          ["long name", 1200],
        ],
      ),
    ).toBe("NAME       COUNT\na              7\nlong name   1200\n");
  });

  it("are bytes that no terminal obeys", () => {
    const shown = (text: string) => quoted(Buffer.from(text));
    expect([shown('a "b"'), shown("\u001b[2J\n"), shown("\u009b2J"), shown("a\u202eb")]).toEqual([
      '"a \\"b\\""',
      '"\\u001b[2J\\n"',
      '"\\u009b2J"',
      '"a\\u202eb"',
    ]);
    expect([quoted(null), quoted(Uint8Array.of(0xff, 1)), quoted(new Uint8Array())]).toEqual(["null", "0xff01", '""']);
  });

  it("are JSON, with bytes in base64 and large numbers as text", () => {
    expect(jsonLine({ a: 2n ** 60n, b: Uint8Array.of(1, 2), c: Buffer.of(1, 2) })).toBe(
      '{"a":"1152921504606846976","b":"AQI=","c":"AQI="}\n',
    );
  });
});
