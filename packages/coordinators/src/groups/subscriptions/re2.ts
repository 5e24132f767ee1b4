// The library of regular expressions, loaded when the first is compiled: most brokers start without one, and a start counts in milliseconds.
import { createRequire } from "node:module";

type Re2 = typeof import("re2js");

const load = createRequire(import.meta.url);
let loaded: Re2 | undefined;

export function re2(): Re2 {
  loaded ??= load("re2js") as Re2;
  return loaded;
}
