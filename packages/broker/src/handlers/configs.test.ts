// Configurations: DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources.
import { AlterConfigs, DescribeConfigs, IncrementalAlterConfigs, ListConfigResources, type RequestInput } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { batchOf, createTopic, nameOf, produce } from "../testing/topics.js";

const TOPIC = 2;
const BROKER = 4;
const LOGGER = 8;
const CLIENT_METRICS = 16;
const GROUP = 32;
const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;

const { client } = await brokerOfFile();
await createTopic(client, "t", { configs: { "retention.ms": "5" } });

async function configOf(name: string, resourceName = "t", resourceType = TOPIC) {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }];
  const { results } = await client.ask(DescribeConfigs, 4, { resources });
  const [config] = results[0]?.configs ?? [];
  return config && `${config.value} from ${config.configSource}`;
}

describe("DescribeConfigs", () => {
  const ask = async (resourceType: number, resourceName: string, configurationKeys: readonly string[] | null = null, version = 4) => {
    const resources = [{ resourceType, resourceName, configurationKeys }];
    const [result] = (await client.ask(DescribeConfigs, version, { resources, includeSynonyms: true, includeDocumentation: version >= 3 }))
      .results;
    if (!result) throw new Error("no result");
    return result;
  };

  it("describes all, or those that are named", async () => {
    expect((await ask(TOPIC, "t")).configs.length).toBeGreaterThan(20);
    expect((await ask(TOPIC, "t", [])).configs.length).toBeGreaterThan(20);
    const { configs } = await ask(TOPIC, "t", ["retention.ms", "nonsense"]);
    expect(configs).toMatchObject([
      { name: "retention.ms", value: "5", configSource: 1, configType: 5, readOnly: false, isSensitive: false },
    ]);
    expect(configs[0]?.documentation).toContain("kept");
    expect(configs[0]?.synonyms.map(({ name }) => name)).toEqual(["retention.ms", "log.retention.hours"]);
    expect((await ask(TOPIC, "t", ["retention.ms"], 1)).configs).toMatchObject([{ name: "retention.ms", value: "5" }]);
  });

  it("describes the broker, groups and client metrics", async () => {
    expect((await ask(BROKER, "1", ["node.id"])).configs).toMatchObject([{ value: "1", readOnly: true }]);
    expect((await ask(GROUP, "any")).configs.length).toBeGreaterThan(0);
    expect((await ask(CLIENT_METRICS, "any")).errorCode).toBe(0);
  });

  it("refuses resources that are none, and one named twice", async () => {
    const errorOf = async (resourceType: number, name: string) => nameOf((await ask(resourceType, name)).errorCode);
    expect(await errorOf(TOPIC, "absent")).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await errorOf(TOPIC, "../x")).toBe("INVALID_TOPIC_EXCEPTION");
    expect(await errorOf(BROKER, "x")).toBe("INVALID_REQUEST");
    expect(await errorOf(99, "x")).toBe("INVALID_REQUEST");
    const resources = [1, 2].map(() => ({ resourceType: TOPIC, resourceName: "t", configurationKeys: null }));
    const { results } = await client.ask(DescribeConfigs, 4, { resources });
    expect(results.map(({ errorCode }) => nameOf(errorCode))).toEqual(["INVALID_REQUEST", "INVALID_REQUEST"]);
  });
});

describe("IncrementalAlterConfigs", () => {
  type Resource = RequestInput<typeof IncrementalAlterConfigs>["resources"][number];
  const change = (name: string, configOperation: number, value: string | null = null) => ({ name, configOperation, value });
  const resource = (configs: Resource["configs"], resourceName = "t", resourceType = TOPIC): Resource => ({
    resourceType,
    resourceName,
    configs,
  });
  const alter = async (resources: readonly Resource[], validateOnly = false) => {
    const { responses } = await client.ask(IncrementalAlterConfigs, 1, { resources, validateOnly });
    return responses.map(({ errorCode }) => nameOf(errorCode));
  };

  it("sets, deletes, appends and subtracts", async () => {
    expect(await alter([resource([change("retention.ms", SET, "9"), change("cleanup.policy", APPEND, "compact")])])).toEqual(["NONE"]);
    expect([await configOf("retention.ms"), await configOf("cleanup.policy")]).toEqual(["9 from 1", "delete,compact from 1"]);
    expect(await alter([resource([change("retention.ms", DELETE), change("cleanup.policy", SUBTRACT, "compact")])])).toEqual(["NONE"]);
    expect([await configOf("retention.ms"), await configOf("cleanup.policy")]).toEqual(["604800000 from 5", "delete from 1"]);
  });

  it("takes effect at once", async () => {
    await createTopic(client, "live");
    const big = () => produce(client, "live", batchOf(["x".repeat(500)]));
    expect((await big()).errorCode).toBe(0);
    await alter([resource([change("max.message.bytes", SET, "100")], "live")]);
    expect(nameOf((await big()).errorCode)).toBe("MESSAGE_TOO_LARGE");
    await alter([resource([change("max.message.bytes", DELETE)], "live")]);
    expect((await big()).errorCode).toBe(0);
    expect(await alter([resource([change("message.max.bytes", SET, "100")], "", BROKER)])).toEqual(["NONE"]);
    expect(nameOf((await big()).errorCode)).toBe("MESSAGE_TOO_LARGE");
    await alter([resource([change("message.max.bytes", DELETE)], "", BROKER)]);
    expect((await big()).errorCode).toBe(0);
  });

  it("changes a resource as a whole or not at all, and nothing when asked to validate", async () => {
    const mixed = [change("retention.ms", SET, "77"), change("nonsense", SET, "1")];
    expect(await alter([resource(mixed)])).toEqual(["INVALID_CONFIG"]);
    expect(await alter([resource([change("retention.ms", SET, "78")])], true)).toEqual(["NONE"]);
    expect(await configOf("retention.ms")).toBe("604800000 from 5");
  });

  it("refuses what cannot be, each resource by itself", async () => {
    expect(await alter([resource([change("retention.ms", 9, "1")])])).toEqual(["INVALID_REQUEST"]);
    expect(await alter([resource([change("retention.ms", SET, null)])])).toEqual(["INVALID_REQUEST"]);
    expect(await alter([resource([change("retention.ms", APPEND, "1")])])).toEqual(["INVALID_CONFIG"]);
    const twice = resource([change("retention.ms", SET, "1"), change("retention.ms", SET, "2")]);
    expect(await alter([twice])).toEqual(["INVALID_REQUEST"]);
    const one = resource([change("retention.ms", SET, "1")]);
    expect(await alter([one, one, resource(one.configs, "absent")])).toEqual([
      "INVALID_REQUEST",
      "INVALID_REQUEST",
      "UNKNOWN_TOPIC_OR_PARTITION",
    ]);
  });
});

describe("AlterConfigs", () => {
  it("replaces all that is set", async () => {
    await createTopic(client, "old", { configs: { "retention.ms": "5", "max.message.bytes": "100" } });
    const replace = (validateOnly: boolean) =>
      client.ask(AlterConfigs, 2, {
        resources: [{ resourceType: TOPIC, resourceName: "old", configs: [{ name: "retention.ms", value: "7" }] }],
        validateOnly,
      });
    expect((await replace(true)).responses).toMatchObject([{ errorCode: 0, resourceName: "old" }]);
    expect(await configOf("max.message.bytes", "old")).toBe("100 from 1");
    expect((await replace(false)).responses).toMatchObject([{ errorCode: 0 }]);
    expect([await configOf("retention.ms", "old"), await configOf("max.message.bytes", "old")]).toEqual(["7 from 1", "1048588 from 5"]);
  });
});

describe("ListConfigResources", () => {
  const list = async (resourceTypes: readonly number[], version = 1) => {
    const { errorCode, configResources } = await client.ask(ListConfigResources, version, version === 0 ? {} : { resourceTypes });
    return errorCode === 0 ? configResources.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`) : nameOf(errorCode);
  };

  it("lists what has configurations, by type", async () => {
    expect(await list([TOPIC])).toEqual(expect.arrayContaining(["2 t", "2 old"]));
    expect(await list([BROKER, BROKER])).toEqual(["4 1"]);
    expect(await list([LOGGER])).toEqual(["8 1"]);
    expect(await list([])).toEqual(expect.arrayContaining(["2 t", "4 1", "8 1"]));
    const configs = [{ name: "interval.ms", configOperation: SET, value: "1000" }];
    await client.ask(IncrementalAlterConfigs, 1, {
      resources: [{ resourceType: CLIENT_METRICS, resourceName: "m", configs }],
      validateOnly: false,
    });
    expect(await list([], 0)).toEqual(["16 m"]);
    expect(await list([99])).toBe("UNSUPPORTED_VERSION");
  });
});
