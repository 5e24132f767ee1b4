// Writes down what Kafka answers, as ../group-answers.json: `node conformance/run.mjs --kafka --record`.
import { writeFileSync } from "node:fs";
import { playAll } from "./play.mjs";

const file = new URL("../group-answers.json", import.meta.url);
const json = (step) =>
  JSON.stringify(step, null, 1)
    .replaceAll(/\n\s*/g, "\n      ")
    .replace(/\n\s*\}$/, "\n    }");

const recorded = await playAll("recorded");
const blocks = Object.entries(recorded).map(([name, steps]) => {
  const lines = steps.map((step) => `    ${json(step)}`);
  return `  ${JSON.stringify(name)}: [\n${lines.join(",\n")}\n  ]`;
});
writeFileSync(file, `{\n${blocks.join(",\n")}\n}\n`);
console.log(`${Object.values(recorded).flat().length} steps in ${blocks.length} scenarios`);
