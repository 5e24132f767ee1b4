// CreateDelegationToken (38): issues a token that stands for a principal (KIP-48).
// On behalf of someone else since v3 (KIP-373).
import { api, array, bytes, int16, int32, int64, nullable, string } from "../declaration.js";

export const CreateDelegationToken = api({
  key: 38,
  name: "CreateDelegationToken",
  versions: "1-3",
  flexible: "2+",
  request: {
    ownerPrincipalType: nullable(string("3+")),
    ownerPrincipalName: nullable(string("3+")),
    renewers: array({ principalType: string(), principalName: string() }),
    maxLifetimeMs: int64(),
  },
  response: {
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string("3+"),
    tokenRequesterPrincipalName: string("3+"),
    issueTimestampMs: int64(),
    expiryTimestampMs: int64(),
    maxTimestampMs: int64(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32({ default: 0 }),
  },
});
