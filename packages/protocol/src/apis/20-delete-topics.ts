// DeleteTopics (20): deletes topics.
// By name or by id since v6 (KIP-516).
import { api, array, int16, int32, nullable, string, uuid } from "../declaration.js";

export const DeleteTopics = api({
  key: 20,
  name: "DeleteTopics",
  versions: "1-6",
  flexible: "4+",
  request: {
    topics: array({ name: nullable(string()), topicId: uuid() }, "6+"),
    topicNames: array(string(), "0-5", { ignorable: true }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    responses: array({
      name: nullable(string(), "6+"),
      topicId: uuid("6+", { ignorable: true }),
      errorCode: int16(),
      errorMessage: nullable(string("5+", { ignorable: true })),
    }),
  },
});
