// Access rules (KIP-140, KIP-290): who may do what with which resource.
import { CreateAcls, DeleteAcls, DescribeAcls } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { type Operation, operationCode, operationOf } from "./operations.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds } from "./rounds.js";
import { toController } from "./routes.js";

const RESOURCES = ["unknown", "any", "topic", "group", "cluster", "transactional-id", "delegation-token", "user"] as const;
const PATTERNS = ["unknown", "any", "match", "literal", "prefixed"] as const;
const PERMISSIONS = ["unknown", "any", "deny", "allow"] as const;

export type AclResourceType = (typeof RESOURCES)[number];
/** "match" stands, in filters, for all rules that apply to the name. */
export type AclPattern = (typeof PATTERNS)[number];
export type AclPermission = (typeof PERMISSIONS)[number];

export interface Acl {
  readonly resourceType: AclResourceType;
  readonly resourceName: string;
  /** "literal" by default. */
  readonly pattern?: AclPattern;
  /** "User:alice", "User:*". */
  readonly principal: string;
  /** "*" for all. */
  readonly host: string;
  readonly operation: Operation;
  readonly permission: AclPermission;
}

/** What is left out matches everything. */
export type AclFilter = Partial<Acl>;

export interface Acls {
  /** Rejects with ClientError: SECURITY_DISABLED, … */
  describe(filter: AclFilter, options?: AdminOptions): Promise<readonly Acl[]>;
  create(acls: readonly Acl[], options?: AdminOptions): PerItem<Acl, void>;
  /** What was deleted, by filter. */
  delete(filters: readonly AclFilter[], options?: AdminOptions): PerItem<AclFilter, readonly Acl[]>;
}

export function aclsOf(cluster: Cluster): Acls {
  return {
    async describe(filter, options) {
      const [found = []] = await inRounds(
        cluster,
        [filter],
        toController(cluster),
        async (ask, nodeId) => {
          const answer = await ask(nodeId, DescribeAcls, wireFilter(filter));
          return [outcome(filter, errorOf(answer.errorCode, answer.errorMessage), () => answer.resources)];
        },
        options,
      );
      return found.flatMap(({ acls, ...resource }) => acls.map((acl) => aclOf({ ...resource, ...acl })));
    },
    create: (acls, options) =>
      inRounds(
        cluster,
        acls,
        toController(cluster),
        async (ask, nodeId, some) => {
          const { results } = await ask(nodeId, CreateAcls, { creations: some.map(wireAcl) });
          // Answers come in the order of the rules.
          return some.flatMap((item, at) => {
            const result = results[at];
            return result ? [outcome(item, errorOf(result.errorCode, result.errorMessage), () => {})] : [];
          });
        },
        options,
      ),
    delete: (filters, options) =>
      inRounds(
        cluster,
        filters,
        toController(cluster),
        async (ask, nodeId, some) => {
          const { filterResults } = await ask(nodeId, DeleteAcls, { filters: some.map(wireFilter) });
          return some.flatMap((item, at) => {
            const result = filterResults[at];
            if (!result) return [];
            const failure = result.matchingAcls.find(({ errorCode }) => errorCode !== 0) ?? result;
            return [outcome(item, errorOf(failure.errorCode, failure.errorMessage), () => result.matchingAcls.map(aclOf))];
          });
        },
        options,
      ),
  };
}

const ANY = 1;
const LITERAL = "literal";

const wireAcl = ({ resourceType, resourceName, pattern = LITERAL, principal, host, operation, permission }: Acl) => ({
  resourceType: RESOURCES.indexOf(resourceType),
  resourceName,
  resourcePatternType: PATTERNS.indexOf(pattern),
  principal,
  host,
  operation: operationCode(operation),
  permissionType: PERMISSIONS.indexOf(permission),
});

const wireFilter = ({ resourceType, resourceName, pattern, principal, host, operation, permission }: AclFilter) => ({
  resourceTypeFilter: resourceType ? RESOURCES.indexOf(resourceType) : ANY,
  resourceNameFilter: resourceName ?? null,
  patternTypeFilter: pattern ? PATTERNS.indexOf(pattern) : ANY,
  principalFilter: principal ?? null,
  hostFilter: host ?? null,
  operation: operation ? operationCode(operation) : ANY,
  permissionType: permission ? PERMISSIONS.indexOf(permission) : ANY,
});

interface WireAcl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

const aclOf = ({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: WireAcl): Acl => ({
  resourceType: RESOURCES[resourceType] ?? "unknown",
  resourceName,
  pattern: PATTERNS[patternType] ?? "unknown",
  principal,
  host,
  operation: operationOf(operation),
  permission: PERMISSIONS[permissionType] ?? "unknown",
});
