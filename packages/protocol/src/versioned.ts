// Messages that start with two bytes which say how to read the rest: keys and values of internal topics, control records,
// and what consumers put into group protocols. In keys they name the kind of record, everywhere else the version.
import { codecOf } from "./codec.js";
import type { Message, MessageInput, MessageOf } from "./declaration.js";
import { decodePrefix, gather } from "./encoding.js";
import { ProtocolError } from "./protocol-error.js";
import { includesVersion } from "./versions.js";
import { ensureRoom } from "./writer.js";

const PREFIX_BYTES = 2;

/** Encodes a message after its prefix, in one part. Errors are those of encodeMessage(). */
export function encodeVersioned<M extends Message>(message: M, version: number, value: MessageInput<M>): Uint8Array {
  const { encode } = codecOf(message, version);
  const parts = gather((writer) => {
    ensureRoom(writer, 0, PREFIX_BYTES);
    writer.view.setInt16(0, message.recordType ?? version);
    writer.position = PREFIX_BYTES;
    encode(value, writer);
  });
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}

/** The two bytes before the message: a key's kind of record, or a value's version. Throws ProtocolError. */
export function versionedPrefix(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) throw new ProtocolError("prefix", "", 0, `${bytes.length} bytes, fewer than ${PREFIX_BYTES}`);
  return new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES).getInt16(0);
}

/**
 * Decodes a message after its prefix. Bytes after it are left alone: consumers of a newer version may have added some.
 * Throws ProtocolError when the prefix is another kind of record, or a version there is no codec for.
 */
export function decodeVersioned<M extends Message>(
  message: M,
  bytes: Uint8Array,
): { readonly version: number; readonly value: MessageOf<M> } {
  const prefix = versionedPrefix(bytes);
  const version = message.recordType === undefined ? prefix : message.versions.max;
  const expected = message.recordType === undefined ? includesVersion(message.versions, prefix) : prefix === message.recordType;
  if (!expected) throw new ProtocolError(message.name, "", 0, `it cannot start with ${prefix}`);
  return { version, value: decodePrefix(message, version, bytes, PREFIX_BYTES).value };
}
