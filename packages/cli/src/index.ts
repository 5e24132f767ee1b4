// The command is the contract: see main.ts. Nothing is exported for other packages.
export { VERSION } from "./version.js";
