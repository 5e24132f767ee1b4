// What the machine of transactions decides: the texts in testdata.
import { describe } from "vitest";
import { describeScenarios } from "./testing/scenario.js";

describe("transactions", () => describeScenarios(new URL("./testdata/", import.meta.url)));
