// SaslHandshake (17): picks a SASL mechanism, or lists those there are (KIP-43).
// With v1 the exchange goes on in SaslAuthenticate requests (KIP-152), with v0 in bare frames.
import { api, array, int16, string } from "../declaration.js";

export const SaslHandshake = api({
  key: 17,
  name: "SaslHandshake",
  versions: "0-1",
  flexible: "none",
  request: {
    mechanism: string(),
  },
  response: {
    errorCode: int16(),
    mechanisms: array(string()),
  },
});
