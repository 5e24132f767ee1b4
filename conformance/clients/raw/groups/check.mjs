// Side by side with Kafka: every scenario is played, and every answer compared with the one that was recorded.
import { readFileSync } from "node:fs";
import { check } from "../../../lib/checks.mjs";
import { mayDiffer } from "./differences.mjs";
import { scenarios } from "./scenarios/index.mjs";
import { play } from "./script.mjs";
import { makeWorld } from "./world.mjs";

const recorded = JSON.parse(readFileSync(new URL("../group-answers.json", import.meta.url), "utf8"));

// whether there is a message, and which, is for people
const compared = (answer) => answer.replaceAll(/ ?errorMessage=(\(a sentence\)|null|'')/g, "");

const asExpanded = ({ ask, api, answer }) => {
  const [, name, first, last = first] = /^(\S+) v(\d+)(?:-(\d+))?$/.exec(api);
  const versions = Array.from({ length: last - first + 1 }, (_, index) => Number(first) + index);
  return versions.map((version) => ({ ask, api: `${name} v${version}`, answer }));
};

/** Steps side by side, a version at a time: versions that one broker answers alike another may not. */
function differences(scenario, wanted, got) {
  const [expected, actual] = [wanted.flatMap(asExpanded), got.flatMap(asExpanded)];
  const found = [];
  for (const [index, { ask, api, answer }] of expected.entries()) {
    const other = actual[index];
    if (other?.ask !== ask || other.api !== api) return [...found, `${ask} (${api}): the scenario went another way`];
    if (compared(other.answer) === compared(answer) || mayDiffer(scenario, ask, other.answer)) continue;
    found.push(`${ask} (${api}): Kafka answers ${answer}, this broker ${other.answer}`);
  }
  return found;
}

/** One check for each scenario. */
export async function groupAnswers() {
  let world;
  await check("makes a topic, and finds every group loaded", async () => {
    world = await makeWorld("played");
  });
  if (world === undefined) return;
  for (const [index, [name, scenario, how]] of scenarios.entries()) {
    await check(`answers as Kafka does: ${name}`, async () => {
      const found = differences(name, recorded[name] ?? [], await play(scenario, index, world, how));
      for (const line of found) console.error(`${name}: ${line}`);
      if (found.length > 0) throw new Error(`${found.length} answers differ; ${found[0]}`);
    });
  }
}
