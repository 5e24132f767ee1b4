// DescribeConfigs (32): configurations of topics, brokers, loggers, groups and client metrics (KIP-133).
// Synonyms since v1 (KIP-226), types and documentation since v3 (KIP-569).
import { api, array, bool, int8, int16, int32, nullable, string } from "../declaration.js";

export const DescribeConfigs = api({
  key: 32,
  name: "DescribeConfigs",
  versions: "1-4",
  flexible: "4+",
  request: {
    resources: array({ resourceType: int8(), resourceName: string(), configurationKeys: nullable(array(string())) }),
    includeSynonyms: bool({ default: false }),
    includeDocumentation: bool("3+", { default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({
      errorCode: int16(),
      errorMessage: nullable(string()),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: nullable(string()),
        readOnly: bool(),
        configSource: int8({ default: -1 }),
        isSensitive: bool(),
        synonyms: array({ name: string(), value: nullable(string()), source: int8() }),
        configType: int8("3+", { default: 0, ignorable: true }),
        documentation: nullable(string("3+", { ignorable: true })),
      }),
    }),
  },
});
