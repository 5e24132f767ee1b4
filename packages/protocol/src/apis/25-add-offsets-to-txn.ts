// AddOffsetsToTxn (25): adds a group's offsets to a transaction (KIP-98).
// Superseded by TxnOffsetCommit v5, which does it on its own (KIP-890).
import { api, int16, int32, int64, string } from "../declaration.js";

export const AddOffsetsToTxn = api({
  key: 25,
  name: "AddOffsetsToTxn",
  versions: "0-4",
  flexible: "3+",
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    groupId: string(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
  },
});
