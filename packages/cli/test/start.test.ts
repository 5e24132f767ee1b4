// `moldau start` as its users meet it: a process with ports, signals, exit codes and a data directory.
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Command, endAll, makeCommand, run } from "./command.js";

let removeCommand = () => {};
let data = "";

beforeAll(async () => {
  removeCommand = await makeCommand();
});
afterAll(() => removeCommand());
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "moldau-cli-"));
});
afterEach(() => {
  endAll();
  rmSync(data, { recursive: true, force: true });
});

const start = (...args: readonly string[]): Command => run(["start", "--listen", "127.0.0.1:0", "--data", data, "--http", "off", ...args]);

/** Sends ApiVersions v0 and returns the answer's correlation id and error code. */
function askVersions(port: number): Promise<readonly [number, number]> {
  const correlation = 7;
  const request = Buffer.from([0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, correlation, 0, 1, 0x78]);
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    let answer = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 10) return;
      socket.destroy();
      resolve([answer.readInt32BE(4), answer.readInt16BE(8)]);
    });
  });
}

describe("moldau start", () => {
  it("says where it is, answers, and stops in order when told to", async () => {
    const broker = start();
    const ready = await broker.line("ready");
    expect(ready).toMatchObject({ level: "info", host: "127.0.0.1", dataDirectory: data, metrics: "off" });
    expect(await askVersions(Number(ready.port))).toEqual([7, 0]);
    broker.signal("SIGTERM");
    const { code, log, errors } = await broker.ended;
    expect({ code, last: log.at(-1)?.message, errors }).toEqual({ code: 0, last: "stopped", errors: "" });
  });

  it("keeps its cluster id across starts", async () => {
    const ids: unknown[] = [];
    for (let at = 0; at < 2; at++) {
      const broker = start();
      ids.push((await broker.line("ready")).clusterId);
      broker.signal("SIGINT");
      await broker.ended;
    }
    expect(ids[0]).toEqual(expect.stringMatching(/^[\w-]{22}$/));
    expect(ids[1]).toBe(ids[0]);
  });

  it("takes a Ctrl-C that arrives twice for one", async () => {
    const broker = start();
    await broker.line("ready");
    broker.signal("SIGINT");
    broker.signal("SIGINT");
    expect((await broker.ended).code).toBe(0);
  });

  it("stops in order when told to before it is ready", async () => {
    const broker = start("--set", "my.own=1");
    await broker.line("these configs are unknown and have no effect");
    broker.signal("SIGTERM");
    const { code, log } = await broker.ended;
    expect({ code, last: log.at(-1)?.message }).toEqual({ code: 0, last: "stopped" });
  });

  it("shows metrics and health", async () => {
    const broker = start("--http", "127.0.0.1:0");
    const { metrics } = await broker.line("ready");
    const { host, port } = metrics as { host: string; port: number };
    expect(await (await fetch(`http://${host}:${port}/health`)).json()).toMatchObject({ status: "ok" });
    expect(await (await fetch(`http://${host}:${port}/metrics`)).text()).toContain("# TYPE moldau_");
  });

  it("refuses a port that is taken, with a sentence", async () => {
    const broker = start();
    const { port } = await broker.line("ready");
    const other = mkdtempSync(join(tmpdir(), "moldau-cli-"));
    const { code, log } = await start("--listen", `127.0.0.1:${port}`, "--data", other).ended;
    rmSync(other, { recursive: true });
    expect({ code, message: log.at(-1)?.message }).toEqual({
      code: 1,
      message: `127.0.0.1:${port} is in use by another program: stop that, or choose another port with --listen.`,
    });
  });

  it("refuses a data directory that another broker has, with a sentence", async () => {
    await start().line("ready");
    const { code, log } = await start().ended;
    expect({ code, message: log.at(-1)?.message }).toEqual({ code: 1, message: expect.stringMatching(/in use by process \d+/) });
  });

  it("says what of its configuration has no effect", async () => {
    const broker = start("--set", "num.io.threads=4", "--set", "my.own=1");
    expect(await broker.line("these configs have no effect here")).toMatchObject({ configs: ["num.io.threads"] });
    expect(await broker.line("these configs are unknown and have no effect")).toMatchObject({ level: "warn", configs: ["my.own"] });
  });

  it("says all that is wrong with how it was called, with exit code 2", async () => {
    const { code, errors, log } = await run(["start", "--listen", "x", "--node-id", "y"]).ended;
    expect({ code, log }).toEqual({ code: 2, log: [] });
    expect(errors).toBe(
      'moldau: --listen must be HOST:PORT, and "x" is not.\nmoldau: --node-id must be a whole number from 0, and "y" is not.\n',
    );
  });
});

describe("moldau", () => {
  it("does not know every command", async () => {
    const { code, errors } = await run(["strat"]).ended;
    expect(code).toBe(2);
    expect(errors).toContain("Did you mean start?");
  });
});
