import fc from "fast-check";
import { expect, it } from "vitest";
import { linesOf } from "./lines.js";

async function* pieces(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += bytes) yield Buffer.from(text.slice(at, at + bytes));
}

async function lines(text: string, bytes: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const lines of linesOf(pieces(text, bytes))) found.push(...lines.map((line) => Buffer.from(line).toString()));
  return found;
}

it("cuts lines, however they come, the last with or without an end", async () => {
  expect(await lines("a\n\nbc", 100)).toEqual(["a", "", "bc"]);
  expect(await lines("", 1)).toEqual([]);
  const text = fc.array(fc.constantFrom("a", "b", "\n")).map((characters) => characters.join(""));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (text, bytes) => {
      expect(await lines(text, bytes)).toEqual(text.split("\n").slice(0, text.endsWith("\n") || text === "" ? -1 : undefined));
    }),
  );
});
