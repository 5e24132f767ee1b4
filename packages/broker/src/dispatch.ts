// From frame to handler to frame: decode, look the handler up, answer, measure.
import {
  ApiVersions,
  type DecodedRequestHeader,
  decodeRequest,
  decodeRequestHeader,
  encodeResponseFrame,
  errors,
  Produce,
  ProtocolError,
} from "@moldau/protocol";
import { AssertionError } from "@moldau/std";
import { type Context, type Handler, NO_RESPONSE } from "./handler.js";
import type { RequestMetrics } from "./metrics/request-metrics.js";
import { type Answer, CloseConnection, type RequestHandler } from "./network/connection.js";
import type { FrameBuffer } from "./network/frame-memory.js";
import type { Services } from "./services.js";

/**
 * The largest request that is decoded, but for Produce, whose records stay as they are: socket.request.max.bytes is for those. A fetch of
 * 100,000 partitions has a third of this; beyond are only texts, which answers and logs would repeat.
 */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Answers requests by the table of handlers. */
export function dispatcher(
  handlers: ReadonlyMap<number, Handler>,
  services: Services,
  metrics: RequestMetrics,
  fatal: (error: Error) => void,
): RequestHandler {
  const { clock, log } = services;
  return async (frame, link) => {
    const startedMs = clock.monotonicMs();
    const memory = releasedOnce(frame);
    const sent: (() => void)[] = [];
    try {
      const header = parseHeader(frame.bytes);
      const handler = handlers.get(header.apiKey);
      if (!handler) throw new CloseConnection(`unknown API key ${header.apiKey} (version ${header.apiVersion})`);
      if (!serves(handler, header.apiVersion)) return refuseVersion(handler, header);

      if (frame.bytes.length > MAX_REQUEST_BYTES && handler.api.key !== Produce.key) {
        throw new CloseConnection(`${handler.api.name} of ${frame.bytes.length} bytes; at most ${MAX_REQUEST_BYTES} are read`);
      }
      const request = parseBody(handler, header, frame.bytes);
      const context: Context = {
        services,
        version: header.apiVersion,
        clientId: header.clientId ?? "",
        peer: link.peer,
        peerHost: link.peerHost,
        proceed: link.proceed,
        whenGone: link.whenGone,
        releaseRequest: memory.release,
        onSent: (release) => void sent.push(release),
      };
      const response = await handler.handle(request, context);
      const parts =
        response === NO_RESPONSE ? undefined : encodeResponseFrame(handler.api, header.apiVersion, header.correlationId, response as never);
      metrics.answered(handler.api, frame.bytes.length, parts, clock.monotonicMs() - startedMs);
      return sent.length === 0 ? { parts } : { parts, sent: () => runAll(sent) };
    } catch (error) {
      runAll(sent);
      if (error instanceof CloseConnection) throw error;
      if (error instanceof AssertionError) fatal(error);
      log.error({ peer: link.peer, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, "a request failed");
      throw new CloseConnection("the request could not be answered");
    } finally {
      memory.release();
    }
  };
}

function serves(handler: Handler, version: number): boolean {
  return version >= handler.api.stableVersions.min && version <= handler.api.stableVersions.max;
}

/**
 * A version we don't speak: ApiVersions says so in its version 0, which every client reads, so that newer clients can find
 * common ground (KIP-511). For any other API there is no form to answer in.
 */
function refuseVersion(handler: Handler, header: DecodedRequestHeader): Answer {
  if (handler.api.key !== ApiVersions.key) {
    throw new CloseConnection(`${handler.api.name} version ${header.apiVersion} is not supported`);
  }
  const { min, max } = ApiVersions.stableVersions;
  const response = {
    errorCode: errors.UNSUPPORTED_VERSION.code,
    apiKeys: [{ apiKey: ApiVersions.key, minVersion: min, maxVersion: max }],
  };
  return { parts: encodeResponseFrame(ApiVersions, 0, header.correlationId, response) };
}

function parseHeader(bytes: Uint8Array): DecodedRequestHeader {
  try {
    return decodeRequestHeader(bytes);
  } catch (error) {
    throw asClose(error, "a request header");
  }
}

function parseBody(handler: Handler, header: DecodedRequestHeader, bytes: Uint8Array): unknown {
  try {
    return decodeRequest(handler.api, header.apiVersion, bytes, header.bodyPosition);
  } catch (error) {
    throw asClose(error, `${handler.api.name} version ${header.apiVersion}`);
  }
}

function asClose(error: unknown, what: string): unknown {
  return error instanceof ProtocolError ? new CloseConnection(`${what} could not be read: ${error.message}`) : error;
}

function releasedOnce(frame: FrameBuffer) {
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      frame.release();
    },
  };
}

function runAll(actions: readonly (() => void)[]): void {
  for (const action of actions) action();
}
