// What a handler is: a request in, a response out, and nothing else. No sockets, no codecs, no versions but where the answer itself
// depends on them.
import type { Api, RequestOf, ResponseInput } from "@moldau/protocol";
import type { Services } from "./services.js";

/** What a handler may know and do. */
export interface Context {
  readonly services: Services;
  /** The version the client speaks. */
  readonly version: number;
  readonly clientId: string;
  /** The peer, "host:port", for logs. */
  readonly peer: string;
  readonly peerHost: string;
  /** Lets the connection's next request begin before this one is answered: for handlers whose order is settled early. */
  proceed(): void;
  /** Calls back when the client is gone before the answer: for handlers that wait. Once per request. */
  whenGone(stop: () => void): void;
  /** Gives the request's memory back: no slice of the request may be used from here on. Implied by the answer. */
  releaseRequest(): void;
  /** Calls back once the response is sent or the connection gone: when memory that the response refers to may go. */
  onSent(release: () => void): void;
}

/** The answer to a request whose client wants none. */
export const NO_RESPONSE = Symbol("no response");

export interface Handler {
  readonly api: Api;
  handle(request: unknown, context: Context): Promise<unknown> | unknown;
}

/** Declares how an API is answered. The types of request and response come from its declaration. */
export function handler<A extends Api>(
  api: A,
  handle: (
    request: RequestOf<A>,
    context: Context,
  ) => Promise<ResponseInput<A> | typeof NO_RESPONSE> | ResponseInput<A> | typeof NO_RESPONSE,
): Handler {
  return { api, handle: handle as Handler["handle"] };
}
