// What becomes of committed offsets: testdata/.
import { describe } from "vitest";
import { consumerVocabulary } from "../consumer/testing/vocabulary.js";
import { describeScenarios } from "../testing/scenario.js";
import { offsetsVocabulary } from "./testing/words.js";

describe("offsets", () => {
  describeScenarios(new URL("./testdata/", import.meta.url), offsetsVocabulary);
});

describe("offsets of consumer groups", () => {
  describeScenarios(new URL("./testdata/consumer-groups/", import.meta.url), consumerVocabulary);
});
