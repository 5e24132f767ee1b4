import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokerConfigs, groupConfigs, topicConfigs } from "./definitions.js";
import { canonicalText, parseConfig } from "./value.js";

function parsed(name: string, text: string) {
  const definition = topicConfigs.get(name) ?? brokerConfigs.get(name) ?? groupConfigs.get(name);
  if (!definition) throw new Error(`no config ${name}`);
  return parseConfig(definition, text);
}

describe("a config's value", () => {
  it.each([
    ["segment.bytes", " 1048576 ", 1048576],
    ["retention.ms", "+5", 5],
    ["retention.bytes", "-1", -1],
    ["flush.ms", "9223372036854775807", 2 ** 63],
    ["preallocate", " TRUE ", true],
    ["preallocate", "false", false],
    ["min.cleanable.dirty.ratio", "5e-1", 0.5],
    ["cleanup.policy", " compact , delete ", ["compact", "delete"]],
    ["cleanup.policy", "", []],
    ["compression.gzip.level", "-1", -1],
    ["compression.type", " zstd ", "zstd"],
    ["group.consumer.migration.policy", "Upgrade", "Upgrade"],
    ["leader.replication.throttled.replicas", "*", ["*"]],
    ["leader.replication.throttled.replicas", "0:1,1:2", ["0:1", "1:2"]],
    ["max.connections.per.ip.overrides", "10.0.0.1:5,::1:3", "10.0.0.1:5,::1:3"],
    ["share.auto.offset.reset", "by_duration:P1DT2H3M4.5S", "by_duration:P1DT2H3M4.5S"],
    ["share.auto.offset.reset", "by_duration:PT5M", "by_duration:PT5M"],
  ])("%s takes %j as %j", (name, text, value) => {
    expect(parsed(name, text)).toEqual({ value });
  });

  it.each([
    ["segment.bytes", "1e6"],
    ["segment.bytes", ""],
    ["segment.bytes", "2147483648"],
    ["flush.ms", "9223372036854775808"],
    ["offsets.topic.replication.factor", "32768"],
    ["preallocate", "yes"],
    ["min.cleanable.dirty.ratio", "1.1"],
    ["min.cleanable.dirty.ratio", "0x1"],
    ["cleanup.policy", "compact,purge"],
    ["compression.gzip.level", "0"],
    ["compression.type", "ZSTD"],
    ["leader.replication.throttled.replicas", "0:1,x"],
    ["max.connections.per.ip.overrides", "10.0.0.1"],
    ["share.auto.offset.reset", "by_duration:P"],
    ["share.auto.offset.reset", "by_duration:PT"],
    ["remote.log.metadata.manager.impl.prefix", ""],
  ])("%s refuses %j, by name", (name, text) => {
    expect(parsed(name, text)).toEqual({ problem: expect.stringContaining(name) });
  });

  it("that is a password is not repeated", () => {
    expect(parsed("ssl.key.password", "secret")).toEqual({ value: "secret" });
    expect(canonicalText("list", " a ,b")).toBe("a,b");
  });

  it("never makes parsing throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...topicConfigs.values(), ...brokerConfigs.values()), fc.string(), (definition, text) => {
        const outcome = parseConfig(definition, text);
        expect("value" in outcome || outcome.problem.includes(definition.name)).toBe(true);
      }),
    );
  });
});
