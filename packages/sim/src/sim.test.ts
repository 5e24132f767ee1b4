import { expect, it } from "vitest";
import { simulate } from "./simulation.js";
it("runs", async () => { expect((await simulate(1)).faults).toEqual([]); });
