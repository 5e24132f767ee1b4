// Groups between the protocols by scenario: see testdata/, and testing/vocabulary.ts for the words.
import { describe } from "vitest";
import { describeScenarios } from "../testing/scenario.js";
import { migrationVocabulary } from "./testing/vocabulary.js";

describe("a group between the protocols", () => describeScenarios(new URL("./testdata/", import.meta.url), migrationVocabulary));
