// Node: kafkajs.
import { fileURLToPath } from "node:url";
import { nodeSuite } from "../../lib/node-clients.mjs";

export const suite = nodeSuite("kafkajs", fileURLToPath(new URL(".", import.meta.url)), {
  groups: true,
  // it measures the bytes of a header's value before it looks whether there is one
  cannotWrite: ["null header value"],
});
