// How groups are listed, described and deleted: testdata/.
import { describe } from "vitest";
import { describeScenarios } from "../testing/scenario.js";
import { administrationVocabulary } from "./testing/words.js";

describe("administration", () => {
  describeScenarios(new URL("./testdata/", import.meta.url), administrationVocabulary);
});
