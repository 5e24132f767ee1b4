// What one may do with a resource, by the names that Kafka's access rules have for it.

/** By code on the wire (KIP-140). */
const OPERATIONS = [
  "unknown",
  "any",
  "all",
  "read",
  "write",
  "create",
  "delete",
  "alter",
  "describe",
  "cluster-action",
  "describe-configs",
  "alter-configs",
  "idempotent-write",
  "create-tokens",
  "describe-tokens",
  "two-phase-commit",
] as const;

export type Operation = (typeof OPERATIONS)[number];

export const operationOf = (code: number): Operation => OPERATIONS[code] ?? "unknown";
export const operationCode = (operation: Operation): number => OPERATIONS.indexOf(operation);

/** Of a set of bits; none where the broker did not say (KIP-430). */
export const operationsOf = (bits: number): readonly Operation[] =>
  bits === NOT_ASKED ? [] : OPERATIONS.filter((_, code) => (bits & (1 << code)) !== 0);

const NOT_ASKED = -0x8000_0000;
