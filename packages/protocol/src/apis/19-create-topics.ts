// CreateTopics (19): creates topics.
// The answer describes them since v5 (KIP-525), with their ids since v7 (KIP-516).
import { api, array, bool, int8, int16, int32, nullable, string, tagged, uuid } from "../declaration.js";

export const CreateTopics = api({
  key: 19,
  name: "CreateTopics",
  versions: "2-7",
  flexible: "5+",
  request: {
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({ partitionIndex: int32(), brokerIds: array(int32()) }),
      configs: array({ name: string(), value: nullable(string()) }),
    }),
    timeoutMs: int32({ default: 60000 }),
    validateOnly: bool({ default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    topics: array({
      name: string(),
      topicId: uuid("7+", { ignorable: true }),
      errorCode: int16(),
      errorMessage: nullable(string()),
      topicConfigErrorCode: tagged(0, int16("5+", { ignorable: true })),
      numPartitions: int32("5+", { default: -1, ignorable: true }),
      replicationFactor: int16("5+", { default: -1, ignorable: true }),
      configs: nullable(
        array(
          { name: string(), value: nullable(string()), readOnly: bool(), configSource: int8({ default: -1 }), isSensitive: bool() },
          "5+",
          { ignorable: true },
        ),
      ),
    }),
  },
});
