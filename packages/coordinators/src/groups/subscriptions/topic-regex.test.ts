// Regular expressions of groups: whole names, RE2's syntax, no cost that explodes.
import { describe, expect, it } from "vitest";
import { estimateProgram } from "./program-estimate.js";
import { resolve } from "./resolve.js";
import { compileTopicRegex, MAX_PROGRAM_SIZE, MAX_SOURCE_LENGTH, type TopicRegex } from "./topic-regex.js";

const compiled = (source: string): TopicRegex => {
  const regex = compileTopicRegex(source);
  if ("error" in regex) throw new Error(regex.error);
  return regex;
};
const refused = (source: string): string => {
  const regex = compileTopicRegex(source);
  return "error" in regex ? regex.error : "";
};
const cpuMs = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

describe("a topic regex", () => {
  it.each([
    ["orders", "orders", true],
    ["orders", "orders-1", false],
    ["orders.*", "orders-1", true],
    ["rders", "orders", false],
    ["a|ab", "ab", true],
    ["(?i)ORDERS", "orders", true],
    ["^orders$", "orders", true],
    ["orders-[0-9]+", "orders-17", true],
    ["orders-\\d{2}", "orders-1", false],
    ["\\Qa.b\\E", "axb", false],
    ["", "", true],
    ["", "orders", false],
    ["[^_].*", "__consumer_offsets", false],
  ])("%j of %j: %j", (source, name, expected) => {
    expect(compiled(source).matches(name)).toBe(expected);
  });

  it.each(["[", "*", "(a", "a)", "a**", "(?=a)", "(?!a)", "(?<=a)b", "(a)\\1", "a{1001}", "\\8"])(
    "refuses %j, which RE2 does not have, and says where it is wrong",
    (source) => {
      expect(refused(source)).toMatch(/^The regular expression ".+" cannot be subscribed to: .+ at ".+"\.$/);
    },
  );

  it("refuses what is too long or grows too large, at once, and keeps the message short", () => {
    expect(compiled("a".repeat(1000)).matches("a".repeat(1000))).toBe(true);
    expect(refused("a".repeat(MAX_SOURCE_LENGTH + 1))).toContain(`${MAX_SOURCE_LENGTH + 1} characters`);
    for (const source of [
      "a{1000}".repeat(1000),
      `(${"ab".repeat(200)}){1000}`,
      "(.{0,10}){0,99}|".repeat(200),
      "a?".repeat(MAX_PROGRAM_SIZE),
      "a{1000}{1000}",
      "(((a{100}){100}){100})",
    ]) {
      let error = "";
      expect(cpuMs(() => (error = refused(source)))).toBeLessThan(200);
      expect(error).toContain("too large");
      expect(error.length).toBeLessThan(400);
    }
    expect(refused("(".repeat(2000) + ")".repeat(2000))).toContain("nests");
  });

  it("takes a list of hundreds of names", () => {
    const regex = compiled(Array.from({ length: 400 }, (_, index) => `orders-${index}`).join("|"));
    expect(regex.matches("orders-399")).toBe(true);
    expect(regex.matches("orders-400")).toBe(false);
  });
});

describe("the estimate", () => {
  it("takes no longer over what is not closed", () => {
    const long = (part: string): string => part.repeat(MAX_SOURCE_LENGTH / part.length);
    for (const source of [long("["), long("\\x{"), long("[:a"), long("[[:a:]"), long("(("), `[${long("\\[")}`, long("\\Q"), long("{1,")]) {
      expect(cpuMs(() => estimateProgram(source))).toBeLessThan(200);
    }
  });

  it.each([
    ["abc", 3],
    ["a{10}", 20],
    ["(ab){10}", 50],
    ["[]a-z[:alpha:]]{3,7}", 14],
    ["\\x{41}\\p{Greek}", 2],
    ["\\Q{100}\\Ea", 6],
  ])("of %j is %j", (source, expected) => {
    expect(estimateProgram(source)).toBe(expected);
  });

  it.each([
    "abc",
    "a|b|c",
    "(a|b)*c+",
    "a{3,9}",
    "(ab{2,4}c){5}",
    "(?:(?:x{0,9}){0,9}){0,9}",
    "[a-z]{100}",
    "\\d+\\.\\w*",
    "(((a)))",
    "a{0}b",
    ".{0,249}",
  ])("is not below what %j compiles to, save for what every program has", (source) => {
    expect(estimateProgram(source) + 4).toBeGreaterThanOrEqual(compiled(source).programSize);
  });
});

describe("resolving", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `team-${index % 37}.orders-${index}${"ab".repeat(index % 90)}`);

  it("finds the names of each expression, one after another, with pauses", () => {
    const work = resolve([compiled("team-1\\..*"), compiled("none"), compiled("team-1\\..*")], names);
    let pauses = 0;
    let step = work.next();
    for (; !step.done; step = work.next()) pauses++;
    expect(pauses).toBeGreaterThan(10);
    expect([...step.value.keys()]).toEqual(["team-1\\..*", "none"]);
    expect(step.value.get("team-1\\..*")).toEqual(new Set(names.filter((name) => name.startsWith("team-1."))));
    expect(step.value.get("none")?.size).toBe(0);
  });

  it.each(["(a|a)*b", "(a+)+$", "(.*)(.*)(.*)(.*)(.*)[0-9]", "(.*[ab].{30})+", "(?:.?){0,800}", "(a?){300}a{300}|.*"])(
    "takes linear time for %j over 10,000 names",
    (source) => {
      const regex = compiled(source);
      const spent = cpuMs(() => {
        const work = resolve([regex], names);
        while (!work.next().done);
      });
      expect(spent).toBeLessThan(2000);
    },
  );
});
