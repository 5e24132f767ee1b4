// Node: @platformatic/kafka.
import { fileURLToPath } from "node:url";
import { nodeSuite } from "../../lib/node-clients.mjs";

export const suite = nodeSuite("platformatic", fileURLToPath(new URL(".", import.meta.url)), { groups: true });
