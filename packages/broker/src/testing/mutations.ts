// Frames made worse: bits flipped, bytes replaced by those that lengths trip over, parts cut out, cut off or taken from another frame.
import { below, type Chance, pick } from "./random-requests.js";

const LENGTH_BYTES = 4;
const EXTREMES = [
  "ff",
  "7f",
  "80",
  "00",
  "ffffffff",
  "7fffffff",
  "80000000",
  "ffffffff0f",
  "8080808000",
  "ffff",
  "7fff",
  "7fffffffffffffff",
];

/** Another frame like `frame`; mostly with a length that fits. */
export function mutated(chance: Chance, frame: Buffer, other: Buffer): Buffer {
  let body: Buffer = Buffer.from(frame.subarray(LENGTH_BYTES));
  const changes = 1 + below(chance, 3);
  for (let i = 0; i < changes; i++) body = pick(chance, CHANGES)(chance, body, other.subarray(LENGTH_BYTES));
  return chance() < 0.03 ? withLength(body, body.length + pick(chance, [-1, 1, 1_000, 2 ** 30])) : withLength(body, body.length);
}

export function withLength(body: Uint8Array, length: number): Buffer {
  const prefix = Buffer.alloc(LENGTH_BYTES);
  prefix.writeInt32BE(length);
  return Buffer.concat([prefix, body]);
}

type Change = (chance: Chance, body: Buffer, other: Buffer) => Buffer;

/** About where a request's header ends. What lies before is changed less often, for a broken header hides the body from the broker. */
const HEADER_BYTES = 14;

function somewhere(chance: Chance, length: number): number {
  return length > HEADER_BYTES && chance() < 0.85 ? HEADER_BYTES + below(chance, length - HEADER_BYTES) : below(chance, length);
}

const CHANGES: readonly Change[] = [
  function flipBit(chance, body) {
    const at = somewhere(chance, body.length);
    if (at < body.length) body[at] = (body[at] ?? 0) ^ (1 << below(chance, 8));
    return body;
  },
  function putExtreme(chance, body) {
    const extreme = Buffer.from(pick(chance, EXTREMES), "hex");
    const at = somewhere(chance, body.length);
    return Buffer.concat([body.subarray(0, at), extreme, body.subarray(at + (chance() < 0.8 ? extreme.length : 0))]);
  },
  function cutOff(chance, body) {
    return body.subarray(0, somewhere(chance, body.length + 1));
  },
  function cutOut(chance, body) {
    const at = somewhere(chance, body.length);
    return Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + below(chance, 8))]);
  },
  function splice(chance, body, other) {
    return Buffer.concat([body.subarray(0, somewhere(chance, body.length)), other.subarray(somewhere(chance, other.length))]);
  },
];
