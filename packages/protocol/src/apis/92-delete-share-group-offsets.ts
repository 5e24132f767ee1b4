// DeleteShareGroupOffsets (92): forgets a share group's place in topics (KIP-932).
import { api, array, int16, int32, nullable, string, uuid } from "../declaration.js";

export const DeleteShareGroupOffsets = api({
  key: 92,
  name: "DeleteShareGroupOffsets",
  versions: "0",
  flexible: "0+",
  request: {
    groupId: string(),
    topics: array({ topicName: string() }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    responses: array({ topicName: string(), topicId: uuid(), errorCode: int16(), errorMessage: nullable(string()) }),
  },
});
