// Writes docs/CONFIGURATION.md from the configuration definitions. Build first.
import { writeFileSync } from "node:fs";

const { configurationPage } = await import(new URL("../packages/metadata/dist/index.js", import.meta.url).href);
writeFileSync(new URL("../docs/CONFIGURATION.md", import.meta.url), configurationPage());
