// Bytes by hand: what no client would send, and what the broker must make of it.
import { fileURLToPath } from "node:url";

export const suite = {
  name: "raw",
  timeoutMs: 300_000,
  reads: false,
  groups: true,
  missing: () => undefined,
  build: async () => {},
  command: () => [process.execPath, fileURLToPath(new URL("check.mjs", import.meta.url))],
};
