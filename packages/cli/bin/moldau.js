#!/usr/bin/env node
// The command as npm links it: a file that exists before the build does, for npm links no others. The bundle starts in half the time of
// the many files it is made from (docs/decisions/0005-bundle.md); without one, those serve.
import { existsSync } from "node:fs";

const bundled = new URL("../bundle/main.js", import.meta.url);
const built = new URL("../dist/main.js", import.meta.url);
const main = [bundled, built].find((url) => existsSync(url));
if (!main) {
  process.stderr.write("moldau: not built yet. Run: npm run build\n");
  process.exit(1);
}
await import(main.href);
