// Which broker coordinates a group or a transactional id: asked for once, and again when that broker says it is another.
import { FindCoordinator } from "@moldau/protocol";
import { throwIf } from "../errors.js";
import type { Brokers } from "./brokers.js";

export type CoordinatorKind = "group" | "transaction";

export interface Coordinators {
  /** Node id. Rejects with ClientError, retriable while no broker does it. */
  find(kind: CoordinatorKind, key: string): Promise<number>;
  /** It is not the one, or cannot be reached. */
  forget(kind: CoordinatorKind, key: string): void;
}

const KIND_CODES = { group: 0, transaction: 1 } as const;
/** The first version that asks for several keys at once (KIP-699). */
const SEVERAL_KEYS = 4;

export function coordinatorsOf(brokers: Brokers): Coordinators {
  const known = new Map<string, Promise<number>>();
  const ask = async (kind: CoordinatorKind, key: string): Promise<number> => {
    const connection = await brokers.any();
    const keyType = KIND_CODES[kind];
    const answer = await connection.request(FindCoordinator, (version) =>
      version >= SEVERAL_KEYS ? { keyType, coordinatorKeys: [key] } : version > 0 ? { key, keyType } : { key },
    );
    const found = answer.coordinators[0] ?? answer;
    throwIf(found.errorCode, found.errorMessage);
    if (!brokers.known().some(({ nodeId }) => nodeId === found.nodeId)) {
      brokers.learn([...brokers.known(), { nodeId: found.nodeId, host: found.host, port: found.port, rack: null }]);
    }
    return found.nodeId;
  };
  return {
    find(kind, key) {
      const name = `${kind} ${key}`;
      const present = known.get(name);
      if (present) return present;
      const asked = ask(kind, key);
      known.set(name, asked);
      asked.catch(() => {
        if (known.get(name) === asked) known.delete(name);
      });
      return asked;
    },
    forget: (kind, key) => void known.delete(`${kind} ${key}`),
  };
}
