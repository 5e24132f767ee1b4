#!/usr/bin/env node
// The command as npm links it: a file that exists before the build does, for npm links no others. The bundle starts in half the time of
// the many files it is made from (docs/decisions/0005-bundle.md); without one, those serve.
//
// CommonJS (see package.json beside it), because what loads modules uses the thread pool, whose size counts when it is first used:
// of the usual four threads consolidation could take all, and a journal write would wait behind it.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

process.env.UV_THREADPOOL_SIZE ??= "12";

const main = ["bundle", "dist"].map((folder) => join(__dirname, "..", folder, "main.js")).find(existsSync);
if (!main) {
  process.stderr.write("moldau: not built yet. Run: npm run build\n");
  process.exit(1);
}
import(pathToFileURL(main).href);
