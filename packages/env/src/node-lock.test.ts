import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lockDirectory, lockOwner } from "./node-lock.js";

let home = "";
const children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lock-test-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(home, { recursive: true });
});

/** The lock as a program that Node runs: "locked", or why not, goes to the parent. */
const PROGRAM = `
import { lockDirectory } from "./node-lock.js";
setInterval(() => undefined, 60_000);
lockDirectory(process.argv[2]).then(() => process.send("locked"), (error) => process.send(error.code));
`;
let built = "";
beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "lock-program-"));
  const input = fileURLToPath(new URL("node-lock.ts", import.meta.url));
  await build({
    configFile: false,
    logLevel: "silent",
    build: { ssr: input, outDir: built, rollupOptions: { output: { entryFileNames: "node-lock.js" } } },
  });
  writeFileSync(join(built, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(built, "contender.js"), PROGRAM);
});
afterAll(() => rmSync(built, { recursive: true }));

/** Another process that tries to take the lock. */
async function contender(directory: string): Promise<{ child: ChildProcess; outcome: string }> {
  const child = fork(join(built, "contender.js"), [directory]);
  children.push(child);
  const [outcome] = await once(child, "message");
  return { child, outcome: String(outcome) };
}

describe("the directory lock", () => {
  it("tells its owner to who only asks", async () => {
    expect(await lockOwner(home)).toBeUndefined();
    const { child, outcome } = await contender(home);
    expect(outcome).toBe("locked");
    expect(await lockOwner(home)).toBe(String(child.pid));
    child.kill("SIGKILL");
    await once(child, "exit");
    const names = readdirSync(home);
    expect(await lockOwner(home)).toBeUndefined();
    expect(readdirSync(home)).toEqual(names);
    expect(await lockOwner(join(home, "nowhere")).catch((error) => error.code)).toBe("ENOENT");
  });

  it.each([
    ["short", () => join(home, "gone")],
    ["too long for a socket", () => join(home, "gone".repeat(20))],
  ])("names the directory, not its own files, when it cannot be taken: %s", async (_, path) => {
    await expect(lockDirectory(path())).rejects.toMatchObject({ path: path() });
  });

  it("names the process that owns it, and is free at once when that is killed", async () => {
    const { child, outcome } = await contender(home);
    expect(outcome).toBe("locked");
    await expect(lockDirectory(home)).rejects.toMatchObject({ code: "ELOCKED", message: expect.stringContaining(`process ${child.pid}`) });
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const lock = await lockDirectory(home);
    expect((await contender(home)).outcome).toBe("ELOCKED");
    await lock.release();
    expect(readdirSync(home)).toEqual([]);
  });

  it("is not taken from an owner that is stopped", async () => {
    const { child } = await contender(home);
    child.kill("SIGSTOP");
    await expect(lockDirectory(home)).rejects.toMatchObject({ code: "ELOCKED" });
  });

  it("has one owner at most when many ask at the same time", async () => {
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => lockDirectory(home)));
      const owners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(owners.length).toBeLessThanOrEqual(1);
      for (const owner of owners) await owner.release();
    }
  });

  it("works at paths too long for a socket", async () => {
    const deep = join(home, "d".repeat(60), "e".repeat(60), "f".repeat(60));
    mkdirSync(deep, { recursive: true });
    const lock = await lockDirectory(deep);
    expect((await contender(deep)).outcome).toBe("ELOCKED");
    await lock.release();
    await (await lockDirectory(deep)).release();
  });
});
