// Frames: what goes over a connection. A request and its response have the same correlation id.
//
//   4 bytes  ┌──────────────── size ────────────────┐
//   ┌────────┬──────────────────────────────┬───────┐
//   │ size   │ header                       │ body  │      request header v1  api key, version, correlation id, client id
//   └────────┴──────────────────────────────┴───────┘                     v2  … and tagged fields
//                                                           response header v0  correlation id;  v1  … and tagged fields
import { apiByKey } from "./api-table.js";
import { ApiVersions } from "./apis/18-api-versions.js";
import { codecOf } from "./codec.js";
import type { Api, Message, RequestInput, ResponseInput } from "./declaration.js";
import { decodePrefix, gather } from "./encoding.js";
import { RequestHeader, ResponseHeader } from "./headers.js";
import { ProtocolError } from "./protocol-error.js";
import { includesVersion } from "./versions.js";
import { ensureRoom, writtenBytes } from "./writer.js";

const SIZE_BYTES = 4;
/** Api key, api version and correlation id: what every request header starts with. */
const LEADING_BYTES = 8;

/** The version of the header before a request. Known for versions that do not exist yet, too. */
export const requestHeaderVersion = (api: Api, version: number): number => (includesVersion(api.request.flexible, version) ? 2 : 1);

/** The version of the header before a response. That of ApiVersions is always 0: its readers do not know yet what is spoken. */
export const responseHeaderVersion = (api: Api, version: number): number =>
  api.key !== ApiVersions.key && includesVersion(api.response.flexible, version) ? 1 : 0;

export type DecodedRequestHeader = {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Where the body starts. */
  readonly bodyPosition: number;
} & ({ readonly known: true; readonly api: Api } | { readonly known: false });

/**
 * Decodes the header of a request; `bytes` is a frame without its size. An unknown api key gives `known: false` and no
 * client id. Whether the version is one of the API's is for the caller to check. Throws ProtocolError.
 */
export function decodeRequestHeader(bytes: Uint8Array): DecodedRequestHeader {
  if (bytes.length < LEADING_BYTES) throw new ProtocolError("RequestHeader", "", 0, `${bytes.length} bytes, fewer than ${LEADING_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, LEADING_BYTES);
  const leading = { apiKey: view.getInt16(0), apiVersion: view.getInt16(2), correlationId: view.getInt32(4) };
  const api = apiByKey(leading.apiKey);
  if (!api) return { ...leading, known: false, clientId: null, bodyPosition: LEADING_BYTES };
  const { value, end } = decodePrefix(RequestHeader, requestHeaderVersion(api, leading.apiVersion), bytes);
  return { ...leading, known: true, api, clientId: value.clientId, bodyPosition: end };
}

/** Decodes the header of the response to a request of that API and version. Throws ProtocolError. */
export function decodeResponseHeader(
  api: Api,
  version: number,
  bytes: Uint8Array,
): { readonly correlationId: number; readonly bodyPosition: number } {
  const { value, end } = decodePrefix(ResponseHeader, responseHeaderVersion(api, version), bytes);
  return { correlationId: value.correlationId, bodyPosition: end };
}

export interface RequestEnvelope {
  readonly correlationId: number;
  readonly clientId: string | null;
}

/** Encodes a request's header alone. */
export function encodeRequestHeader(api: Api, version: number, { correlationId, clientId }: RequestEnvelope): Uint8Array[] {
  const { encode } = codecOf(RequestHeader, requestHeaderVersion(api, version));
  return gather((writer) => encode({ requestApiKey: api.key, requestApiVersion: version, correlationId, clientId }, writer));
}

/** Encodes a whole request: size, header and leading fields in the first part, then records and what lies between them. */
export function encodeRequestFrame<A extends Api>(
  api: A,
  version: number,
  envelope: RequestEnvelope,
  request: RequestInput<A>,
): Uint8Array[] {
  const header = { requestApiKey: api.key, requestApiVersion: version, ...envelope };
  return frame(RequestHeader, requestHeaderVersion(api, version), header, api.request, version, request);
}

/** Encodes a whole response: size, header and leading fields in the first part, then records and what lies between them. */
export function encodeResponseFrame<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  response: ResponseInput<A>,
): Uint8Array[] {
  return frame(ResponseHeader, responseHeaderVersion(api, version), { correlationId }, api.response, version, response);
}

function frame(header: Message, headerVersion: number, headerValue: unknown, body: Message, version: number, value: unknown): Uint8Array[] {
  const headerCodec = codecOf(header, headerVersion);
  const bodyCodec = codecOf(body, version);
  return gather((writer) => {
    ensureRoom(writer, 0, SIZE_BYTES);
    writer.position = SIZE_BYTES;
    headerCodec.encode(headerValue, writer);
    bodyCodec.encode(value, writer);
    writer.view.setInt32(0, writtenBytes(writer) - SIZE_BYTES);
  });
}
