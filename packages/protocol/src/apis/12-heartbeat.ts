// Heartbeat (12): keeps a member of a classic group alive, and tells it of rebalances.
// Static members since v3 (KIP-345).
import { api, int16, int32, nullable, string } from "../declaration.js";

export const Heartbeat = api({
  key: 12,
  name: "Heartbeat",
  versions: "0-4",
  flexible: "4+",
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: nullable(string("3+")),
  },
  response: {
    throttleTimeMs: int32("1+", { ignorable: true }),
    errorCode: int16(),
  },
});
