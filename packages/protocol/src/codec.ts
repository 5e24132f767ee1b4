// One decoder and one encoder per message and version: generated at first use, interpreted where code generation is not allowed.
import type { Message } from "./declaration.js";
import { generateDecoder } from "./generate-decoder.js";
import { generateEncoder } from "./generate-encoder.js";
import { interpretDecoder } from "./interpret-decoder.js";
import { interpretEncoder } from "./interpret-encoder.js";
import { layoutOf, type StructLayout } from "./layout.js";
import { markOf, rewind, type Writer } from "./writer.js";

/** Where a decoder stands: it starts at `position` and leaves it after what it read. */
export interface Cursor {
  position: number;
  /** How many elements its arrays may still have, all together. */
  elementsLeft: number;
}

/** Reads a struct from `bytes`, of which `view` is a view. Throws ProtocolError. */
export type Decoder = (bytes: Buffer, view: DataView, cursor: Cursor) => unknown;

/** Appends a struct to the writer. Throws ProtocolError. */
export type Encoder = (value: unknown, writer: Writer) => void;

export interface Codec {
  readonly decode: Decoder;
  readonly encode: Encoder;
}

const codecs = new WeakMap<Message, (Codec | undefined)[]>();

/** The codec of a message in a version. Throws RangeError when there is no such version. */
export function codecOf(message: Message, version: number): Codec {
  const versions = codecs.get(message) ?? [];
  const known = versions[version];
  if (known) return known;
  const codec = createCodec(message, version);
  versions[version] = codec;
  codecs.set(message, versions);
  return codec;
}

function createCodec(message: Message, version: number): Codec {
  const layout = layoutOf(message, version);
  const subject = `${message.name} v${version}`;
  return mayGenerateCode() ? generatedCodec(layout, subject) : interpretingCodec(layout, subject);
}

/** The reference codec. */
export function interpretingCodec(layout: StructLayout, subject: string): Codec {
  return { decode: interpretDecoder(layout, subject), encode: interpretEncoder(layout, subject) };
}

/** The fast codec. What it refuses is given to the reference codec, which decides, and says what is wrong and where. */
export function generatedCodec(layout: StructLayout, subject: string): Codec {
  const reference = interpretingCodec(layout, subject);
  let fastDecode: Decoder | undefined;
  let fastEncode: Encoder | undefined;
  return {
    decode(bytes, view, cursor) {
      fastDecode ??= generateDecoder(layout);
      const { position, elementsLeft } = cursor;
      try {
        return fastDecode(bytes, view, cursor);
      } catch {
        cursor.position = position;
        cursor.elementsLeft = elementsLeft;
        return reference.decode(bytes, view, cursor);
      }
    },
    encode(value, writer) {
      fastEncode ??= generateEncoder(layout);
      const start = markOf(writer);
      try {
        fastEncode(value, writer);
      } catch {
        rewind(writer, start);
        reference.encode(value, writer);
      }
    },
  };
}

let codeGeneration: boolean | undefined;

function mayGenerateCode(): boolean {
  codeGeneration ??= tryGeneratingCode();
  return codeGeneration;
}

function tryGeneratingCode(): boolean {
  try {
    return new Function("return true")() === true;
  } catch (error) {
    if (error instanceof EvalError) return false;
    throw error;
  }
}
