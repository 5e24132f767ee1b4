// Uuids as Kafka writes them: 16 bytes on the wire, 22 characters of base64url in text (KIP-516).

export const UUID_BYTES = 16;
/** The uuid of all zeros: "no topic id". */
export const ZERO_UUID = "AAAAAAAAAAAAAAAAAAAAAA";

/** Text form of the 16 bytes at `position`. */
export function uuidText(bytes: Uint8Array, position = 0): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + position, UUID_BYTES).toString("base64url");
}

/** The 16 bytes of a text form; throws RangeError when it is not one. */
export function uuidBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== UUID_BYTES) throw new RangeError(`not a uuid: ${JSON.stringify(text)}`);
  return bytes;
}

/** A version 4 uuid from 16 random bytes, which are changed. Never one that starts with "-", which command lines mistake for a flag. */
export function randomUuid(random: (bytes: number) => Uint8Array): string {
  for (;;) {
    const bytes = random(UUID_BYTES);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const text = uuidText(bytes);
    if (!text.startsWith("-")) return text;
  }
}
