// Where code generation is not allowed, the interpreter serves.
import { spawnSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";

describe("a runtime without code generation", () => {
  it("is one where new Function throws EvalError, as Node's own switch shows", () => {
    const { stdout } = spawnSync(process.execPath, [
      "--disallow-code-generation-from-strings",
      "-e",
      "try { new Function('return 1') } catch (error) { console.log(error.name) }",
    ]);
    expect(stdout.toString()).toBe("EvalError\n");
  });

  it("gets codecs that interpret", async () => {
    const generate = vi.fn(function refuse() {
      throw new EvalError("Code generation from strings disallowed for this context");
    });
    vi.resetModules();
    vi.stubGlobal("Function", generate);
    try {
      const { decodeRequest, encodeRequest, Metadata } = await import("./index.js");
      const bytes = Buffer.concat(encodeRequest(Metadata, 9, { topics: [{ name: "orders" }] }));
      expect(decodeRequest(Metadata, 9, bytes).topics?.[0]?.name).toBe("orders");
      expect(() => decodeRequest(Metadata, 9, bytes.subarray(0, 5))).toThrow("topics[0].name");
    } finally {
      vi.unstubAllGlobals();
    }
    // Once, to find out.
    expect(generate).toHaveBeenCalledTimes(1);
  });
});
