// One connection to one broker. Requests go out at once, answers come in their order; the highest version that both sides know is spoken.
import type { Connection, Timer } from "@moldau/env";
import {
  type Api,
  ApiVersions,
  decodeResponse,
  decodeResponseHeader,
  encodeRequestFrame,
  errors,
  type RequestInput,
  type ResponseOf,
} from "@moldau/protocol";
import { ClientError, throwIf } from "../errors.js";
import type { Address, Settings } from "../options.js";
import { frameReader } from "./frame-reader.js";

export interface BrokerConnection {
  /**
   * Rejects with CONNECTION_LOST, TIMED_OUT (then the connection is closed, for answers come in order) or UNSUPPORTED_BY_BROKER.
   * What the answer says is for the caller to look at.
   */
  request<A extends Api>(api: A, request: Asking<A>, options?: RequestOptions): Promise<ResponseOf<A>>;
  /** Sends what has no answer; resolves when the bytes have left. */
  tell<A extends Api>(api: A, request: Asking<A>, options?: Pick<RequestOptions, "maxVersion">): Promise<void>;
  /** The highest version that both sides know, at most `atMost`; undefined when there is none. */
  version(api: Api, atMost?: number): number | undefined;
  /** Features that the cluster has, by name (KIP-584): transaction.version, group.version, … */
  readonly features: ReadonlyMap<string, number>;
  readonly isOpen: boolean;
  readonly inFlight: number;
  close(): void;
}

/** What to ask; a function where that depends on the version. */
export type Asking<A extends Api> = RequestInput<A> | ((version: number) => RequestInput<A>);

export interface RequestOptions {
  readonly timeoutMs?: number | undefined;
  readonly maxVersion?: number | undefined;
}

interface Waiting {
  readonly api: Api;
  readonly version: number;
  readonly correlationId: number;
  readonly timer: Timer;
  readonly answered: (response: unknown) => void;
  readonly failed: (error: Error) => void;
}

const SOFTWARE = { clientSoftwareName: "moldau", clientSoftwareVersion: "0.1.0" };

/** Connects and asks for the versions. Rejects with ClientError. */
export async function connectTo(address: Address, settings: Settings): Promise<BrokerConnection> {
  const { world, tls, connectTimeoutMs } = settings;
  const name = `${address.host}:${address.port}`;
  let stream: Connection;
  try {
    stream = await world.dialer.dial({ ...address, tls, timeoutMs: connectTimeoutMs });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("CONNECTION_LOST", `no connection to ${name}: ${why}`, { retriable: true, cause });
  }
  const wire = wireOver(stream, name, settings);
  try {
    return await greeted(wire, settings);
  } catch (error) {
    wire.close();
    throw error;
  }
}

type Wire = ReturnType<typeof wireOver>;

function wireOver(stream: Connection, name: string, { clientId, world, requestTimeoutMs }: Settings) {
  const waiting: Waiting[] = [];
  let nextCorrelationId = 1;
  let lost: ClientError | undefined;

  const fail = (error: ClientError) => {
    if (lost) return;
    lost = error;
    for (const { timer, failed } of waiting.splice(0)) {
      timer.cancel();
      failed(error);
    }
    stream.destroy();
  };
  const answer = (frame: Buffer) => {
    const first = waiting.shift();
    if (!first) throw new ClientError("CONNECTION_LOST", `${name} sent an answer to nothing`, { retriable: true });
    first.timer.cancel();
    try {
      const { correlationId, bodyPosition } = decodeResponseHeader(first.api, first.version, frame);
      if (correlationId !== first.correlationId) throw new Error(`answer ${correlationId} came where ${first.correlationId} was due`);
      first.answered(decodeResponse(first.api, first.version, frame, bodyPosition));
    } catch (cause) {
      const error = new ClientError("CONNECTION_LOST", `what ${name} answered cannot be read: ${String(cause)}`, {
        retriable: true,
        cause,
      });
      first.failed(error);
      throw error;
    }
  };
  const reader = frameReader(answer);
  stream.open({
    space: reader.space,
    received(count) {
      try {
        reader.received(count);
      } catch (error) {
        fail(error instanceof ClientError ? error : new ClientError("CONNECTION_LOST", String(error), { retriable: true, cause: error }));
      }
    },
    closed: (cause) =>
      fail(
        new ClientError("CONNECTION_LOST", `the connection to ${name} was lost${cause ? `: ${cause.message}` : ""}`, {
          retriable: true,
          cause,
        }),
      ),
  });

  return {
    send<A extends Api>(api: A, version: number, request: RequestInput<A>, timeoutMs = requestTimeoutMs): Promise<ResponseOf<A>> {
      return new Promise((answered, failed) => {
        if (lost) return failed(lost);
        const correlationId = nextCorrelationId++;
        const frame = encodeRequestFrame(api, version, { correlationId, clientId }, request);
        const timer = world.timers.after(timeoutMs, () =>
          fail(new ClientError("TIMED_OUT", `${name} did not answer ${api.name} within ${timeoutMs} ms`, { retriable: true })),
        );
        waiting.push({ api, version, correlationId, timer, failed, answered: (response) => answered(response as ResponseOf<A>) });
        stream.write(frame, () => {});
      });
    },
    tell: <A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<void> =>
      new Promise((sent, failed) => {
        if (lost) return failed(lost);
        stream.write(encodeRequestFrame(api, version, { correlationId: nextCorrelationId++, clientId }, request), sent);
      }),
    isOpen: () => lost === undefined,
    inFlight: () => waiting.length,
    close: () => fail(new ClientError("CLOSED", `the connection to ${name} was closed`)),
  };
}

/** Asks what the broker speaks: with the newest version, and if it does not know that, with the one it names (KIP-511). */
async function greeted(wire: Wire, settings: Settings): Promise<BrokerConnection> {
  let answer = await wire.send(ApiVersions, ApiVersions.versions.max, SOFTWARE, settings.connectTimeoutMs);
  if (answer.errorCode === errors.UNSUPPORTED_VERSION.code) {
    const known = answer.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key)?.maxVersion ?? 0;
    answer = await wire.send(ApiVersions, Math.min(known, ApiVersions.versions.max), SOFTWARE, settings.connectTimeoutMs);
  }
  throwIf(answer.errorCode);
  const ranges = new Map(answer.apiKeys.map((range) => [range.apiKey, range]));
  const version = (api: Api, atMost = Number.POSITIVE_INFINITY): number | undefined => {
    const range = ranges.get(api.key);
    if (!range) return undefined;
    const highest = Math.min(range.maxVersion, api.versions.max, atMost);
    return highest >= Math.max(range.minVersion, api.versions.min) ? highest : undefined;
  };
  const needed = (api: Api, atMost?: number): number => {
    const found = version(api, atMost);
    if (found === undefined)
      throw new ClientError("UNSUPPORTED_BY_BROKER", `the broker does not serve ${api.name} in a version that this client speaks`);
    return found;
  };
  return {
    async request(api, asking, { timeoutMs, maxVersion } = {}) {
      const spoken = needed(api, maxVersion);
      return wire.send(api, spoken, bodyOf(asking, spoken), timeoutMs);
    },
    async tell(api, asking, { maxVersion } = {}) {
      const spoken = needed(api, maxVersion);
      return wire.tell(api, spoken, bodyOf(asking, spoken));
    },
    version,
    features: new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
    get isOpen() {
      return wire.isOpen();
    },
    get inFlight() {
      return wire.inFlight();
    },
    close: wire.close,
  };
}

const bodyOf = <A extends Api>(asking: Asking<A>, version: number): RequestInput<A> =>
  typeof asking === "function" ? asking(version) : asking;
