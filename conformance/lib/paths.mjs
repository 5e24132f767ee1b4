// Places: the sources of the suites, and where they are built (never committed).
import { fileURLToPath } from "node:url";

export const conformanceDirectory = fileURLToPath(new URL("..", import.meta.url));
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));
export const buildDirectory = fileURLToPath(new URL("../build", import.meta.url));
export const casesFile = fileURLToPath(new URL("../cases.json", import.meta.url));
