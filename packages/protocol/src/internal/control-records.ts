// Keys and values of control records: the end of a transaction (KIP-98).
import { int16, int32, message } from "../declaration.js";

export const ControlRecordType = message({
  name: "ControlRecordTypeSchema",
  versions: "0",
  flexible: "none",
  fields: {
    type: int16(),
  },
});

export const EndTxnMarker = message({
  name: "EndTxnMarker",
  versions: "0",
  flexible: "none",
  fields: {
    coordinatorEpoch: int32(),
  },
});
