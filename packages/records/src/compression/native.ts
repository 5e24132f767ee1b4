// The compression libraries, loaded when the first batch needs them: together they would cost a start some 20 ms and 10 MB.
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

type Snappy = typeof import("snappy");
type Lz4 = typeof import("lz4-napi");
type NodeZstd = typeof import("@toondepauw/node-zstd");

function once<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= load(name) as Library;
    return library;
  };
}

export const snappyLibrary = once<Snappy>("snappy");
export const lz4Library = once<Lz4>("lz4-napi");
export const zstdLibrary = once<NodeZstd>("@toondepauw/node-zstd");
