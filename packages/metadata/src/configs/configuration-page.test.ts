import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configurationPage } from "./configuration-page.js";
import { brokerConfigs, topicConfigs } from "./definitions.js";

it("docs/CONFIGURATION.md is what the definitions say: run node scripts/configuration.mjs after a build", () => {
  expect(readFileSync(new URL("../../../../docs/CONFIGURATION.md", import.meta.url), "utf8")).toBe(configurationPage());
});

it("has every config, once", () => {
  const page = configurationPage();
  for (const name of [...topicConfigs.keys(), ...brokerConfigs.keys()]) expect(page).toContain(`\`${name}\``);
});
