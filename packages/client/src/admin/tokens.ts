// Delegation tokens: what stands for a principal where its password should not go (KIP-48).
import {
  CreateDelegationToken,
  DescribeDelegationToken,
  ExpireDelegationToken,
  RenewDelegationToken,
  type ResponseOf,
} from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { type ClientError, errorOf } from "../errors.js";
import { outcome } from "./outcome.js";
import { type AdminOptions, type Ask, inRounds } from "./rounds.js";
import { toController } from "./routes.js";

/** "User:alice". */
export interface Principal {
  readonly type: string;
  readonly name: string;
}

export interface DelegationToken {
  readonly tokenId: string;
  /** The secret: what the token's holder proves to know. */
  readonly hmac: Uint8Array;
  readonly owner: Principal;
  readonly renewers: readonly Principal[];
  readonly issuedMs: number;
  readonly expiresMs: number;
  /** No renewal goes beyond. */
  readonly lastExpiryMs: number;
}

export interface NewToken extends AdminOptions {
  /** Whoever asks by default (KIP-373). */
  readonly owner?: Principal;
  readonly renewers?: readonly Principal[];
  /** The broker's delegation.token.max.lifetime.ms by default. */
  readonly maxLifetimeMs?: number;
}

/** All reject with ClientError: DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_NOT_FOUND, … */
export interface DelegationTokens {
  create(token?: NewToken): Promise<DelegationToken>;
  /** Resolves to when it expires now, in milliseconds since 1970. */
  renew(hmac: Uint8Array, periodMs?: number, options?: AdminOptions): Promise<number>;
  /** At once by default. Resolves to when it expires now. */
  expire(hmac: Uint8Array, inMs?: number, options?: AdminOptions): Promise<number>;
  /** Of these owners, or all that may be seen. */
  describe(owners?: readonly Principal[], options?: AdminOptions): Promise<readonly DelegationToken[]>;
}

const BROKERS_DEFAULT = -1;
const AT_ONCE = -1;
/** The first version that issues tokens for others. */
const OWNERS = 3;

export function delegationTokens(cluster: Cluster): DelegationTokens {
  const once = async <Value>(
    options: AdminOptions | undefined,
    askFor: (ask: Ask, nodeId: number) => Promise<{ readonly error: ClientError | undefined; readonly value: () => Value }>,
  ): Promise<Value> => {
    const [value] = await inRounds(
      cluster,
      ["token"] as const,
      toController(cluster),
      async (ask, nodeId, [item = "token"]) => {
        const answer = await askFor(ask, nodeId);
        return [outcome(item, answer.error, answer.value)];
      },
      options,
    );
    return value as Value;
  };
  return {
    create: ({ owner, renewers = [], maxLifetimeMs = BROKERS_DEFAULT, ...options } = {}) =>
      once(options, async (ask, nodeId) => {
        const answer = await ask(nodeId, CreateDelegationToken, (version) => ({
          ...((owner || version >= OWNERS) && { ownerPrincipalType: owner?.type ?? null, ownerPrincipalName: owner?.name ?? null }),
          renewers: renewers.map(wireOf),
          maxLifetimeMs,
        }));
        const times = { issueTimestamp: answer.issueTimestampMs, expiryTimestamp: answer.expiryTimestampMs };
        return {
          error: errorOf(answer.errorCode),
          value: () => ({ ...tokenOf({ ...answer, ...times, maxTimestamp: answer.maxTimestampMs, renewers: [] }), renewers }),
        };
      }),
    renew: (hmac, periodMs = BROKERS_DEFAULT, options) =>
      once(options, async (ask, nodeId) => {
        const answer = await ask(nodeId, RenewDelegationToken, { hmac, renewPeriodMs: periodMs });
        return { error: errorOf(answer.errorCode), value: () => answer.expiryTimestampMs };
      }),
    expire: (hmac, inMs = AT_ONCE, options) =>
      once(options, async (ask, nodeId) => {
        const answer = await ask(nodeId, ExpireDelegationToken, { hmac, expiryTimePeriodMs: inMs });
        return { error: errorOf(answer.errorCode), value: () => answer.expiryTimestampMs };
      }),
    describe: (owners, options) =>
      once(options, async (ask, nodeId) => {
        const answer = await ask(nodeId, DescribeDelegationToken, { owners: owners?.map(wireOf) ?? null });
        return { error: errorOf(answer.errorCode), value: () => answer.tokens.map(tokenOf) };
      }),
  };
}

type Token = Pick<
  ResponseOf<typeof DescribeDelegationToken>["tokens"][number],
  "tokenId" | "hmac" | "principalType" | "principalName" | "renewers" | "issueTimestamp" | "expiryTimestamp" | "maxTimestamp"
>;

const wireOf = ({ type, name }: Principal) => ({ principalType: type, principalName: name });

const principalOf = ({ principalType, principalName }: ReturnType<typeof wireOf>): Principal => ({
  type: principalType,
  name: principalName,
});

const tokenOf = (token: Token): DelegationToken => ({
  tokenId: token.tokenId,
  hmac: token.hmac,
  owner: principalOf(token),
  renewers: token.renewers.map(principalOf),
  issuedMs: token.issueTimestamp,
  expiresMs: token.expiryTimestamp,
  lastExpiryMs: token.maxTimestamp,
});
