// APIs by key and version.
import { apis } from "./apis/index.js";
import type { Api } from "./declaration.js";
import { includesVersion } from "./versions.js";

const byKey: (Api | undefined)[] = [];
for (const api of Object.values<Api>(apis)) byKey[api.key] = api;

/** The API with that key, or undefined when there is no declaration for it. */
export function apiByKey(key: number): Api | undefined {
  return byKey[key];
}

/** Whether there is a codec for that version. */
export function hasVersion(api: Api, version: number): boolean {
  return includesVersion(api.versions, version);
}
