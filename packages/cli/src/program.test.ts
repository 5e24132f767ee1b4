import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.js";
import { runProgram } from "./program.js";
import { capturedIo } from "./testing/captured-io.js";

async function run(...args: readonly string[]) {
  const captured = capturedIo();
  const code = await runProgram(args, captured.ioFor);
  return { code, out: captured.out(), errors: captured.errors() };
}

describe("moldau", () => {
  it("has help and version, on standard output", async () => {
    const help = await run("--help");
    expect(help).toMatchObject({ code: EXIT.done, errors: "" });
    expect(help.out).toContain("run a broker until it is stopped");
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("has help for a command, asked for either way", async () => {
    const { code, out } = await run("start", "--help");
    expect({ code, out }).toMatchObject({ code: EXIT.done, out: expect.stringContaining("--listen <HOST:PORT>") });
    expect((await run("help", "start")).out).toBe(out);
  });

  it("says what is wrong with a command that does not exist, on standard error", async () => {
    expect(await run("strat")).toEqual({ code: EXIT.usage, out: "", errors: "error: unknown command 'strat'\n(Did you mean start?)\n" });
  });
});
