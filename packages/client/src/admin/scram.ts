// Users' SCRAM credentials (KIP-554). Passwords don't travel: the broker gets what is derived from them (RFC 5802).
import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { AlterUserScramCredentials, DescribeUserScramCredentials } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { toController } from "./routes.js";

const MECHANISMS = {
  "SCRAM-SHA-256": { code: 1, hash: "sha256", bytes: 32 },
  "SCRAM-SHA-512": { code: 2, hash: "sha512", bytes: 64 },
} as const;

export type ScramMechanism = keyof typeof MECHANISMS;

export interface ScramUser {
  readonly user: string;
  readonly credentials: readonly { readonly mechanism: ScramMechanism | "unknown"; readonly iterations: number }[];
}

export type ScramChange =
  | { readonly user: string; readonly mechanism: ScramMechanism; readonly password: string; readonly iterations?: number }
  | { readonly user: string; readonly mechanism: ScramMechanism; readonly delete: true };

export interface ScramCredentials {
  /** Of these users, or all. Rejects with ClientError, RESOURCE_NOT_FOUND for a user that has none. */
  describe(users?: readonly string[], options?: AdminOptions): Promise<readonly ScramUser[]>;
  /** One change for each user in a call. */
  alter(changes: readonly ScramChange[], options?: AdminOptions): PerItem<ScramChange, void>;
}

/** What Kafka takes at least. */
const ITERATIONS = 4096;
const SALT_BYTES = 24;

export function scramCredentials(cluster: Cluster): ScramCredentials {
  const { random } = cluster.settings.world;
  const upsertionOf = async ({
    user,
    mechanism,
    password,
    iterations = ITERATIONS,
  }: Extract<ScramChange, { readonly password: string }>) => {
    const { code, hash, bytes } = MECHANISMS[mechanism];
    const salt = random.bytes(SALT_BYTES);
    const saltedPassword = await promisify(pbkdf2)(password.normalize("NFKC"), salt, iterations, bytes, hash);
    return { name: user, mechanism: code, iterations, salt, saltedPassword };
  };
  return {
    async describe(users, options) {
      const [results = []] = await inRounds(
        cluster,
        ["users"] as const,
        toController(cluster),
        async (ask, nodeId, [item = "users"]) => {
          const answer = await ask(nodeId, DescribeUserScramCredentials, { users: users?.map((name) => ({ name })) ?? null });
          const failure = answer.results.find(({ errorCode }) => errorCode !== 0) ?? answer;
          return [outcome(item, errorOf(failure.errorCode, failure.errorMessage), () => answer.results)];
        },
        options,
      );
      return results.map(({ user, credentialInfos }) => ({
        user,
        credentials: credentialInfos.map(({ mechanism, iterations }) => ({ mechanism: mechanismOf(mechanism), iterations })),
      }));
    },
    alter: (changes, options) => {
      if (new Set(changes.map(({ user }) => user)).size < changes.length) {
        throw new ClientError("INVALID_ARGUMENT", "each user can be changed once in a call");
      }
      return inRounds(
        cluster,
        changes,
        toController(cluster),
        async (ask, nodeId, some) => {
          const upsertions = await Promise.all(some.flatMap((change) => ("password" in change ? [upsertionOf(change)] : [])));
          const deletions = some.flatMap((change) =>
            "delete" in change ? [{ name: change.user, mechanism: MECHANISMS[change.mechanism].code }] : [],
          );
          const { results } = await ask(nodeId, AlterUserScramCredentials, { deletions, upsertions });
          return matched(some, userOf, results, userOf, (item, { errorCode, errorMessage }) =>
            outcome(item, errorOf(errorCode, errorMessage), () => {}),
          );
        },
        options,
      );
    },
  };
}

const userOf = ({ user }: { readonly user: string }) => user;
const mechanismOf = (code: number): ScramMechanism | "unknown" =>
  (Object.keys(MECHANISMS) as readonly ScramMechanism[]).find((name) => MECHANISMS[name].code === code) ?? "unknown";
