// The APIs we serve: what is not in this table is not advertised.
import type { Handler } from "../handler.js";
import { apiVersions } from "./18-api-versions.js";
import { fetch } from "./01-fetch.js";
import { initProducerId } from "./22-init-producer-id.js";
import { listOffsets } from "./02-list-offsets.js";
import { metadata } from "./03-metadata.js";
import { produce } from "./00-produce.js";

const handlers: readonly Handler[] = [produce, fetch, listOffsets, metadata, apiVersions, initProducerId];

/** By API key. */
export const handlerTable: ReadonlyMap<number, Handler> = new Map(handlers.map((handler) => [handler.api.key, handler]));
