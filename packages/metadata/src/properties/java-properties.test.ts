import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PropertiesError, parseProperties } from "./java-properties.js";

const parsed = (text: string) => Object.fromEntries(parseProperties(text));

describe("a properties file", () => {
  it.each([
    ["a=b", { a: "b" }],
    ["a = b", { a: "b" }],
    ["a: b", { a: "b" }],
    ["a b c", { a: "b c" }],
    ["  a=b  ", { a: "b  " }],
    ["a", { a: "" }],
    ["a=", { a: "" }],
    ["a==b", { a: "=b" }],
    ["a=b=c:d", { a: "b=c:d" }],
    ["=b", { "": "b" }],
    ["a\\=b=c", { "a=b": "c" }],
    ["a\\ b c", { "a b": "c" }],
    ["a=1\na=2", { a: "2" }],
  ])("%j is %j", (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it("has comments and empty lines", () => {
    expect(parsed("# one\n! two\n\n   # three\na=b # not one\n")).toEqual({ a: "b # not one" });
  });

  it("ends lines in any of the three ways", () => {
    expect(parsed("a=1\r\nb=2\rc=3\n")).toEqual({ a: "1", b: "2", c: "3" });
  });

  it("goes on after a backslash at the end, without the next line's indent", () => {
    expect(parsed("hosts=a,\\\n    b,\\\n\tc\nnext=1")).toEqual({ hosts: "a,b,c", next: "1" });
    expect(parsed("a=1\\\n#2\nb=3")).toEqual({ a: "1#2", b: "3" });
    expect(parsed("a=1\\\\\nb=2")).toEqual({ a: "1\\", b: "2" });
    expect(parsed("a=1\\")).toEqual({ a: "1" });
  });

  it("has escapes", () => {
    expect(parsed("path=C\\:\\\\kafka\\tlogs\\q")).toEqual({ path: "C:\\kafka\tlogsq" });
    expect(parsed("snowman=\\u2603!")).toEqual({ snowman: "☃!" });
  });

  it("names the line of an escape that is none", () => {
    expect(() => parseProperties("a=1\nb=\\u12\n")).toThrow(PropertiesError);
    expect(() => parseProperties("a=1\n\nb=\\u12\n")).toThrow("line 3");
  });

  it("gives back what was escaped", () => {
    const escaped = (text: string) => text.replace(/[\\=: #!\t\n\r\f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (values) => {
        const text = Object.entries(values).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
        expect(parsed(text.join("\n"))).toEqual({ ...values });
      }),
    );
  });
});
