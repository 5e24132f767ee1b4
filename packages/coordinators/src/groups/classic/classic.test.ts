// Classic groups, as scenarios tell of them.
import { describe } from "vitest";
import { describeScenarios } from "../testing/scenario.js";
import { classicVocabulary } from "./testing/classic-vocabulary.js";

describe("classic groups", () => {
  describeScenarios(new URL("./testdata/", import.meta.url), classicVocabulary);
});
