import { millis } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { type LoggerOptions, logger } from "./logger.js";

const NOON = Date.UTC(2026, 0, 31, 12, 0, 0, 7);

function written(options: Partial<LoggerOptions>) {
  const lines: string[] = [];
  const clock = { now: () => millis(NOON), monotonicMs: () => 0 };
  const log = logger({ format: "json", level: "info", clock, color: false, write: (line) => lines.push(line), ...options });
  return { log, lines };
}

describe("the log for programs", () => {
  it("has an entry as a line of JSON", () => {
    const { log, lines } = written({});
    log.warn({ peer: "a:1", bytes: 5n }, "connection\nclosed");
    expect(lines).toEqual([
      `{"time":"2026-01-31T12:00:00.007Z","level":"warn","message":"connection\\nclosed","peer":"a:1","bytes":"5"}\n`,
    ]);
  });

  it("has errors with their causes", () => {
    const { log, lines } = written({});
    log.error({ error: new Error("outer", { cause: Object.assign(new Error("inner"), { code: "EIO" }) }) }, "failed");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: { message: "outer", cause: { message: "inner", code: "EIO" } } });
    expect(JSON.parse(lines[0] ?? "").error.stack).toContain("outer");
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = written({ level: "warn" });
    log.debug({}, "d");
    log.info({}, "i");
    log.warn({}, "w");
    log.error({}, "e");
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(["warn", "error"]);
  });
});

describe("the log for people", () => {
  it("has an entry as a line, with what is no word quoted", () => {
    const { log, lines } = written({ format: "pretty" });
    log.info({ peer: "a:1", reason: "idle for long", configs: ["x"] }, "connection closed");
    expect(lines[0]?.slice(12)).toBe(`  info  connection closed  peer=a:1 reason="idle for long" configs=[ 'x' ]\n`);
  });

  it("has errors below, indented", () => {
    const { log, lines } = written({ format: "pretty" });
    log.error({ error: new Error("outer") }, "failed");
    expect(lines[0]).toMatch(/ {2}error failed\n {2}Error: outer\n/);
  });

  it("is colored where wanted only", () => {
    const { log, lines } = written({ format: "pretty", color: true });
    log.info({}, "m");
    expect(lines[0]).toContain("\u001b[36minfo");
  });
});
