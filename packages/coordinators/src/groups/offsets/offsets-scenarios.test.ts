// What becomes of committed offsets: testdata/.
import { describe } from "vitest";
import { describeScenarios } from "../testing/scenario.js";
import { offsetsVocabulary } from "./testing/words.js";

describe("offsets", () => {
  describeScenarios(new URL("./testdata/", import.meta.url), offsetsVocabulary);
});
