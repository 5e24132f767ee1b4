// Headers of requests and responses. The flexible ones end with tagged fields.
import { int16, int32, message, neverCompact, nullable, string } from "./declaration.js";

export const RequestHeader = message({
  name: "RequestHeader",
  versions: "1-2",
  flexible: "2+",
  fields: {
    requestApiKey: int16(),
    requestApiVersion: int16(),
    correlationId: int32(),
    clientId: neverCompact(nullable(string())),
  },
});

export const ResponseHeader = message({
  name: "ResponseHeader",
  versions: "0-1",
  flexible: "1+",
  fields: {
    correlationId: int32(),
  },
});
