// Go: franz-go, with its admin client kadm.
import { fileURLToPath } from "node:url";
import { goSuite } from "../../lib/go.mjs";

export const suite = goSuite("franz-go", fileURLToPath(new URL(".", import.meta.url)), { groups: true });
