// Consumer groups by scenario: see testdata/, and testing/vocabulary.ts for the words.
import { describe } from "vitest";
import { describeScenarios } from "../testing/scenario.js";
import { consumerVocabulary } from "./testing/vocabulary.js";

describe("a consumer group", () => describeScenarios(new URL("./testdata/", import.meta.url), consumerVocabulary));
