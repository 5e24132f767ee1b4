// AlterShareGroupOffsets (91): moves where a share group starts to deliver (KIP-932).
import { api, array, int16, int32, int64, nullable, string, uuid } from "../declaration.js";

export const AlterShareGroupOffsets = api({
  key: 91,
  name: "AlterShareGroupOffsets",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({ topicName: string(), partitions: array({ partitionIndex: int32(), startOffset: int64() }) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), errorMessage: nullable(string()) }),
    }),
  },
});
