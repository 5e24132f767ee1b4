import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests run on the sources: no build step between a change and its test.
const packages = new URL("./packages/", import.meta.url);
const alias = Object.fromEntries(
  readdirSync(packages).map((name) => [`@moldau/${name}`, fileURLToPath(new URL(`${name}/src/index.ts`, packages))]),
);

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 20_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
