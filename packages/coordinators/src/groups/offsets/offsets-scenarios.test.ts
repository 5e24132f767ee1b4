// What becomes of committed offsets: testdata/.
import { describe } from "vitest";
import { administrationVocabulary } from "../administration/testing/words.js";
import { consumerVocabulary } from "../consumer/testing/vocabulary.js";
import { describeScenarios } from "../testing/scenario.js";

describe("offsets", () => {
  describeScenarios(new URL("./testdata/", import.meta.url), administrationVocabulary);
});

describe("offsets of consumer groups", () => {
  describeScenarios(new URL("./testdata/consumer-groups/", import.meta.url), consumerVocabulary);
});
