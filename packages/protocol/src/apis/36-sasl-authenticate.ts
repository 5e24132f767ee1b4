// SaslAuthenticate (36): one step of a SASL exchange (KIP-152).
// Sessions end and may be renewed since v1 (KIP-368).
import { api, bytes, int16, int64, nullable, string } from "../declaration.js";

export const SaslAuthenticate = api({
  key: 36,
  name: "SaslAuthenticate",
  versions: "0-2",
  flexible: "2+",
  request: {
    authBytes: bytes(),
  },
  response: {
    errorCode: int16(),
    errorMessage: nullable(string()),
    authBytes: bytes(),
    sessionLifetimeMs: int64("1+", { default: 0, ignorable: true }),
  },
});
