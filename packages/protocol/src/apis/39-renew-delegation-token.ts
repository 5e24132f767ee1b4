// RenewDelegationToken (39): puts off the expiry of a token (KIP-48).
import { api, bytes, int16, int32, int64 } from "../declaration.js";

export const RenewDelegationToken = api({
  key: 39,
  name: "RenewDelegationToken",
  versions: "1-2",
  flexible: "2+",
  request: {
    hmac: bytes(),
    renewPeriodMs: int64(),
  },
  response: {
    errorCode: int16(),
    expiryTimestampMs: int64(),
    throttleTimeMs: int32({ default: 0 }),
  },
});
