// The connections of a client: one to each broker that it needs, made when first used, made anew when lost. While no broker is known or
// none can be reached, the bootstrap addresses serve (KIP-899).
import { type BrokerConnection, connectTo } from "../connection/broker-connection.js";
import { ClientError } from "../errors.js";
import type { Address, Settings } from "../options.js";
import { backoffMs, pause } from "./backoff.js";

export interface Broker extends Address {
  readonly nodeId: number;
  readonly rack: string | null;
}

export interface Brokers {
  /** `purpose` keeps requests apart that wait long: each has a connection of its own. */
  connection(nodeId: number, purpose?: string): Promise<BrokerConnection>;
  /** To any broker: one that is connected, else the first that answers. */
  any(): Promise<BrokerConnection>;
  /** The brokers that there are now. */
  learn(brokers: readonly Broker[]): void;
  known(): readonly Broker[];
  /** Closes the connections of that purpose: who had them is done. */
  hangUp(purpose: string): void;
  close(): void;
}

interface Line {
  readonly address: Address;
  readonly connecting: Promise<BrokerConnection>;
  connection?: BrokerConnection;
}

export function brokersOf(settings: Settings): Brokers {
  const { bootstrap, world } = settings;
  const lines = new Map<string, Line>();
  /** How often in a row each address could not be reached. */
  const failures = new Map<string, number>();
  let brokers = new Map<number, Broker>();
  let closed = false;
  const closing = new AbortController();

  const connect = (key: string, address: Address): Promise<BrokerConnection> => {
    const present = lines.get(key);
    if (present && (present.connection?.isOpen ?? true)) return present.connecting;
    const line: Line = { address, connecting: dial(address) };
    lines.set(key, line);
    line.connecting.then(
      (connection) => {
        line.connection = connection;
        if (closed || lines.get(key) !== line) connection.close();
      },
      () => {
        if (lines.get(key) === line) lines.delete(key);
      },
    );
    return line.connecting;
  };
  const dial = async (address: Address): Promise<BrokerConnection> => {
    if (closed) throw new ClientError("CLOSED", "the client was closed");
    const name = nameOf(address);
    const before = failures.get(name) ?? 0;
    if (before > 0) await pause(settings, backoffMs(settings, before), closing.signal);
    try {
      const connection = await connectTo(address, settings);
      failures.delete(name);
      return connection;
    } catch (error) {
      failures.set(name, before + 1);
      throw error;
    }
  };

  const connected = (): BrokerConnection | undefined => {
    const open = [...lines.values()].flatMap(({ connection }) => (connection?.isOpen ? [connection] : []));
    open.sort((a, b) => a.inFlight - b.inFlight);
    return open[0];
  };
  const firstThatAnswers = async (addresses: readonly Address[]): Promise<BrokerConnection> => {
    let last: unknown;
    const start = Math.floor(world.random.float() * addresses.length);
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[(start + i) % addresses.length] as Address;
      try {
        return await connect(nameOf(address), address);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };

  return {
    async connection(nodeId, purpose = "") {
      const broker = brokers.get(nodeId);
      if (!broker) throw new ClientError("BROKER_NOT_AVAILABLE", `broker ${nodeId} is not among those that are known`, { retriable: true });
      return connect(`${nodeId} ${purpose}`, broker);
    },
    async any() {
      const open = connected();
      if (open) return open;
      const known = [...brokers.values()];
      if (known.length === 0) return firstThatAnswers(bootstrap);
      return firstThatAnswers(known).catch(() => firstThatAnswers(bootstrap));
    },
    learn(now) {
      brokers = new Map(now.map((broker) => [broker.nodeId, broker]));
      // A broker that has moved is called at its new address.
      for (const [key, line] of lines) {
        const broker = brokers.get(Number.parseInt(key, 10));
        if (key.includes(" ") && (!broker || nameOf(broker) !== nameOf(line.address))) {
          lines.delete(key);
          line.connection?.close();
        }
      }
    },
    known: () => [...brokers.values()],
    hangUp(purpose) {
      for (const [key, line] of lines) {
        if (!key.endsWith(` ${purpose}`)) continue;
        lines.delete(key);
        line.connection?.close();
      }
    },
    close() {
      closed = true;
      closing.abort(new ClientError("CLOSED", "the client was closed"));
      for (const { connection } of lines.values()) connection?.close();
      lines.clear();
    },
  };
}

const nameOf = ({ host, port }: Address): string => `${host}:${port}`;
