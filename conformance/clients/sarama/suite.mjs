// Go: sarama.
import { fileURLToPath } from "node:url";
import { goSuite } from "../../lib/go.mjs";

export const suite = goSuite("sarama", fileURLToPath(new URL(".", import.meta.url)), { groups: true });
