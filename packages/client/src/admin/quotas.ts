// Quotas of users, clients and addresses (KIP-546).
import { AlterClientQuotas, DescribeClientQuotas } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { inRounds, matched } from "./rounds.js";
import { toController } from "./routes.js";
import type { ChangeOptions } from "./topics.js";

/** Whose quota: by kind ("user", "client-id", "ip") the name, or null for the default of that kind. */
export type QuotaEntity = Readonly<Record<string, string | null>>;

/** By kind: a name, null for the default, or "any" name. Kinds that are left out may be there too, unless the filter is strict. */
export interface QuotaFilter {
  readonly components: readonly { readonly kind: string; readonly match: { readonly name: string | null } | "any" }[];
  readonly strict?: boolean;
}

export interface Quota {
  readonly entity: QuotaEntity;
  /** producer_byte_rate, consumer_byte_rate, request_percentage, … */
  readonly values: Readonly<Record<string, number>>;
}

export interface QuotaChange {
  readonly entity: QuotaEntity;
  /** Undefined takes one away. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

export interface Quotas {
  /** Rejects with ClientError. */
  describe(filter: QuotaFilter, options?: Omit<ChangeOptions, "validateOnly">): Promise<readonly Quota[]>;
  alter(changes: readonly QuotaChange[], options?: ChangeOptions): PerItem<QuotaChange, void>;
}

const MATCH_CODES = { exact: 0, default: 1, any: 2 } as const;

export function quotasOf(cluster: Cluster): Quotas {
  return {
    async describe(filter, options) {
      const [entries] = await inRounds(
        cluster,
        [filter],
        toController(cluster),
        async (ask, nodeId) => {
          const request = { components: filter.components.map(wireComponent), strict: filter.strict ?? false };
          const answer = await ask(nodeId, DescribeClientQuotas, request);
          return [outcome(filter, errorOf(answer.errorCode, answer.errorMessage), () => answer.entries)];
        },
        options,
      );
      return (entries ?? []).map(({ entity, values }) => ({
        entity: Object.fromEntries(entity.map(({ entityType, entityName }) => [entityType, entityName])),
        values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
      }));
    },
    alter: (changes, { validateOnly = false, ...options } = {}) =>
      inRounds(
        cluster,
        changes,
        toController(cluster),
        async (ask, nodeId, some) => {
          const { entries } = await ask(nodeId, AlterClientQuotas, { entries: some.map(wireChange), validateOnly });
          return matched(
            some,
            ({ entity }) => keyOf(wireEntity(entity)),
            entries,
            ({ entity }) => keyOf(entity),
            (item, { errorCode, errorMessage }) => outcome(item, errorOf(errorCode, errorMessage), () => {}),
          );
        },
        options,
      ),
  };
}

function wireComponent({ kind, match }: QuotaFilter["components"][number]) {
  if (match === "any") return { entityType: kind, matchType: MATCH_CODES.any, match: null };
  if (match.name === null) return { entityType: kind, matchType: MATCH_CODES.default, match: null };
  return { entityType: kind, matchType: MATCH_CODES.exact, match: match.name };
}

const wireEntity = (entity: QuotaEntity) => Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }));

const wireChange = ({ entity, values }: QuotaChange) => ({
  entity: wireEntity(entity),
  ops: Object.entries(values).map(([key, value]) => ({ key, value: value ?? 0, remove: value === undefined })),
});

const keyOf = (entity: readonly { readonly entityType: string; readonly entityName: string | null }[]) =>
  JSON.stringify(entity.map(({ entityType, entityName }) => [entityType, entityName]).sort());
