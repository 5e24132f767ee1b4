// Requests and answers of the group APIs as plain objects, over connections of one client each.
import { decodeResponse, decodeResponseHeader, encodeRequestFrame, includesVersion } from "@moldau/protocol";
import { open } from "../connection.mjs";

const fieldsOf = (type) => (type.kind === "array" ? fieldsOf(type.element) : type.fields);

/** The fields of `value` that exist in `version`: a codec knows them all, the wire only these. */
export function cut(fields, value, version) {
  if (Array.isArray(value)) return value.map((each) => cut(fields, each, version));
  if (value === null || typeof value !== "object") return value;
  const present = Object.entries(value).filter(([name]) => !fields[name]?.versions || includesVersion(fields[name].versions, version));
  return Object.fromEntries(
    present.map(([name, inner]) => {
      const inside = fields[name] && fieldsOf(fields[name].type);
      return [name, inside ? cut(inside, inner, version) : inner];
    }),
  );
}

/**
 * A client with one connection, opened at its first request. `ask` resolves with { errorCode, … }, or "closed" or "silent" when no answer
 * came; fields that the version lacks are left out on both sides.
 */
export function connect(clientId = "raw") {
  let connection;
  let correlationId = 0;
  const ask = async (api, version, body) => {
    connection ??= open();
    const { socket, answer } = await connection;
    const request = cut(api.request.fields, body, version);
    correlationId += 1;
    for (const part of encodeRequestFrame(api, version, { correlationId, clientId }, request)) socket.write(part);
    const bytes = await answer();
    if (typeof bytes === "string") {
      socket.destroy();
      connection = undefined;
      return bytes;
    }
    const { bodyPosition } = decodeResponseHeader(api, version, bytes);
    return cut(api.response.fields, decodeResponse(api, version, bytes, bodyPosition), version);
  };
  const end = async () => (await connection)?.end();
  return { ask, end, cut: (api, version, body) => cut(api.request.fields, body, version) };
}
