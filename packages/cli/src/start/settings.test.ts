import { describe, expect, it } from "vitest";
import { UsageError } from "../exit.js";
import { startSettings } from "./settings.js";
import { commandLineTier, fileTier, variablesTier } from "./tiers.js";

interface Given {
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly file?: string;
}

function settings({ args = [], variables = {}, file }: Given) {
  const tiers = [commandLineTier(args), variablesTier(variables), ...(file === undefined ? [] : [fileTier("server.properties", file)])];
  return startSettings(tiers, "/home/me");
}

function refusal(given: Given): string {
  try {
    settings(given);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("settings", () => {
  it("have defaults", () => {
    expect(settings({})).toMatchObject({
      listen: { host: "127.0.0.1", port: 9092 },
      advertise: undefined,
      dataDirectory: "/home/me/data",
      nodeId: 1,
      rack: undefined,
      http: undefined,
      logFormat: undefined,
      logLevel: "info",
    });
  });

  it("come from the command line before the variables before the file", () => {
    const file = "listen=f:1\nnode-id=1\nrack=f\nnum.partitions=1\nlog.retention.hours=1\nqueued.max.requests=1";
    const variables = { MOLDAU_NODE_ID: "2", MOLDAU_RACK: "v", MOLDAU_SET: "num.partitions=2\nlog.retention.hours = 2" };
    const args = ["--rack", "c", "--set", "num.partitions=3", "--set=fetch.max.bytes=2048"];
    const { listen, nodeId, rack, properties } = settings({ args, variables, file });
    expect({ listen, nodeId, rack }).toEqual({ listen: { host: "f", port: 1 }, nodeId: 2, rack: "c" });
    expect(Object.fromEntries(properties)).toMatchObject({
      "num.partitions": "3",
      "fetch.max.bytes": "2048",
      "log.retention.hours": "2",
      "queued.max.requests": "1",
    });
  });

  it("read a Kafka server.properties as it is", () => {
    const file =
      "node.id=4\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\nadvertised.listeners=PLAINTEXT://k:9092\nlog.dirs=/var/k\nbroker.rack=r";
    expect(settings({ file })).toMatchObject({
      listen: { host: "0.0.0.0", port: 9092 },
      advertise: { host: "k", port: 9092 },
      dataDirectory: "/var/k",
      nodeId: 4,
      rack: "r",
    });
  });

  it("of a flag win over the file's Kafka name, even one that we could not serve", () => {
    const file = "listeners=SSL://:9092\nnode.id=4\nlog.dir=/old";
    const { listen, nodeId, dataDirectory, properties } = settings({
      args: ["--listen", ":9", "--data", "d"],
      variables: { MOLDAU_NODE_ID: "5" },
      file,
    });
    expect({ listen, nodeId, dataDirectory }).toEqual({ listen: { host: "0.0.0.0", port: 9 }, nodeId: 5, dataDirectory: "/home/me/d" });
    expect([...properties]).toEqual([]);
  });

  it("of --set with Kafka's name win over a variable with ours", () => {
    expect(settings({ args: ["--set", "node.id=7"], variables: { MOLDAU_NODE_ID: "5" } }).nodeId).toBe(7);
  });

  it("turn metrics off", () => {
    expect(settings({ args: ["--http", "off"] }).http).toBe("off");
    expect(settings({ variables: { MOLDAU_HTTP: "0.0.0.0:1" } }).http).toEqual({ host: "0.0.0.0", port: 1 });
  });

  it("report what has no effect, and variables that are none of ours", () => {
    expect(settings({ file: "num.io.threads=8\nmy.own=1" }).report).toMatchObject({
      unknown: ["my.own"],
      withoutEffect: [{ names: ["num.io.threads"] }],
    });
    expect(variablesTier({ MOLDAU_LISTN: "x", HOME: "/" }).unknown).toEqual(["MOLDAU_LISTN"]);
  });
});

describe("a mistake", () => {
  it.each<[string, Given, string]>([
    ["an unknown flag", { args: ["--port", "1"] }, "--port"],
    ["a word too many", { args: ["now"] }, "now"],
    ["a flag without its value", { args: ["--listen"] }, "--listen"],
    ["--set without a name", { args: ["--set", "=3"] }, "NAME=VALUE"],
    ["a bad address", { args: ["--listen", "9092"] }, '--listen must be HOST:PORT, and "9092" is not.'],
    ["a bad variable", { variables: { MOLDAU_NODE_ID: "one" } }, "MOLDAU_NODE_ID must be"],
    ["a bad line", { file: "log-level=loud" }, "log-level in server.properties must be"],
    ["a bad config", { args: ["--set", "num.partitions=0"] }, "num.partitions"],
    ["a file that is none", { file: "a=\\u1" }, "server.properties, line 1"],
    ["a catalog", { args: ["--catalog", "postgres://x"] }, "--catalog isn't there yet"],
    ["blobs", { variables: { MOLDAU_BLOBS: "s3://x" } }, "MOLDAU_BLOBS isn't there yet"],
    ["many workers", { file: "workers=4" }, "workers in server.properties can only be 1"],
    ["an encrypted listener", { file: "listeners=SSL://:9092" }, "only PLAINTEXT"],
  ])("is told: %s", (_, given, sentence) => {
    expect(refusal(given)).toContain(sentence);
  });

  it("does not hide the next one", () => {
    const message = refusal({ args: ["--listen", "x", "--node-id", "y", "--set", "num.partitions=0"] });
    expect(message.split("\n")).toHaveLength(3);
  });
});
