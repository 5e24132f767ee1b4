// Encoding and decoding of whole messages: requests, responses, and those that are neither.
import { codecOf } from "./codec.js";
import type { Api, Message, MessageInput, MessageOf, RequestInput, RequestOf, ResponseInput, ResponseOf } from "./declaration.js";
import { ProtocolError } from "./protocol-error.js";
import { createWriter, resetWriter, takeParts, type Writer } from "./writer.js";

const asBuffer = (bytes: Uint8Array) => (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

export interface Decoded<Value> {
  readonly value: Value;
  /** The position after it. */
  readonly end: number;
}

/**
 * Elements that the arrays of one request may have, all together: enough for each of 100,000 partitions with its topic, several times.
 * An element may take two bytes of a frame and a hundred of memory, so what bounds frames does not bound what they decode to.
 */
export const MOST_REQUEST_ELEMENTS = 500_000;

/** Decodes a message that more bytes may follow. Throws ProtocolError. */
export function decodePrefix<M extends Message>(
  message: M,
  version: number,
  bytes: Uint8Array,
  position = 0,
  mostElements = Number.POSITIVE_INFINITY,
): Decoded<MessageOf<M>> {
  const buffer = asBuffer(bytes);
  const cursor = { position, elementsLeft: mostElements };
  const value = codecOf(message, version).decode(buffer, new DataView(buffer.buffer, buffer.byteOffset, buffer.length), cursor);
  return { value: value as MessageOf<M>, end: cursor.position };
}

/**
 * Decodes a message that takes all bytes from `position` on. Values of bytes and records are views of `bytes`.
 * Throws ProtocolError when they are malformed or some are left over, RangeError when there is no such version.
 */
export function decodeMessage<M extends Message>(message: M, version: number, bytes: Uint8Array, position = 0): MessageOf<M> {
  const { value, end } = decodePrefix(message, version, bytes, position);
  if (end !== bytes.length) throw new ProtocolError(`${message.name} v${version}`, "", end, `${bytes.length - end} bytes too many`);
  return value;
}

/**
 * Decodes the body of a request from `position` on. Bytes after it are left alone, as in Kafka. Errors are those of decodeMessage(), and
 * a ProtocolError for more than MOST_REQUEST_ELEMENTS elements.
 */
export function decodeRequest<A extends Api>(api: A, version: number, bytes: Uint8Array, position = 0): RequestOf<A> {
  return decodePrefix(api.request, version, bytes, position, MOST_REQUEST_ELEMENTS).value as RequestOf<A>;
}

/** Decodes the body of a response from `position` on. Bytes after it are left alone. Errors are those of decodeMessage(). */
export function decodeResponse<A extends Api>(api: A, version: number, bytes: Uint8Array, position = 0): ResponseOf<A> {
  return decodePrefix(api.response, version, bytes, position).value as ResponseOf<A>;
}

const shared = createWriter();

/** Runs `write` on the shared writer, and gives what was written. */
export function gather(write: (writer: Writer) => void): Uint8Array[] {
  resetWriter(shared);
  write(shared);
  return takeParts(shared);
}

/**
 * Encodes a message into parts to send one after another; records among them are those given, not copies.
 * Throws ProtocolError for a value that has no form in this version, RangeError when there is no such version.
 */
export function encodeMessage<M extends Message>(message: M, version: number, value: MessageInput<M>): Uint8Array[] {
  const { encode } = codecOf(message, version);
  return gather((writer) => encode(value, writer));
}

/** Encodes the body of a request. Parts and errors are those of encodeMessage(). */
export function encodeRequest<A extends Api>(api: A, version: number, request: RequestInput<A>): Uint8Array[] {
  const { encode } = codecOf(api.request, version);
  return gather((writer) => encode(request, writer));
}

/** Encodes the body of a response; fields that the version lacks are dropped. Parts and errors are those of encodeMessage(). */
export function encodeResponse<A extends Api>(api: A, version: number, response: ResponseInput<A>): Uint8Array[] {
  const { encode } = codecOf(api.response, version);
  return gather((writer) => encode(response, writer));
}
