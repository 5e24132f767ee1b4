// Chance from the operating system.
import { randomBytes } from "node:crypto";
import type { Random } from "./random.js";

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  float: () => Math.random(),
};
