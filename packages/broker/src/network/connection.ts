// One client connection: frames in, answers out in the order of the requests (the protocol has no other way to match them but the
// correlation id, and clients rely on the order).
//
// Requests begin one after another: the next one when the one before is answered, or sooner when its handler says that order is
// settled (`proceed`), as Produce does once its batches have their offsets. What was read but has not begun waits, and meanwhile the
// connection is not read: the peer's own socket buffer is the queue.
import type { ByteSink, Connection } from "@moldau/env";
import { assert } from "@moldau/std";
import type { FrameBuffer, FrameMemory } from "./frame-memory.js";
import { frameReader } from "./frame-reader.js";

/** What a request comes to. */
export interface Answer {
  /** The response frame; undefined when the client wants none (acks=0). */
  readonly parts: readonly Uint8Array[] | undefined;
  /** Called once the parts are sent or the connection is gone. */
  readonly sent?: () => void;
}

export interface RequestLink {
  readonly peer: string;
  readonly peerHost: string;
  /** The connection's next request may begin. Idempotent; implied by the answer. */
  proceed(): void;
  /** Calls back when the connection is over before the request is answered, so that nobody waits for the sake of nobody. Once per request. */
  whenGone(stop: () => void): void;
}

/** Answers one frame. Rejects with CloseConnection when the peer is to be dropped. Must not use `frame` after releasing it. */
export type RequestHandler = (frame: FrameBuffer, link: RequestLink) => Promise<Answer>;

/** The peer sent something that no answer fits; the message goes to the log. */
export class CloseConnection extends Error {
  override readonly name = "CloseConnection";
}

export interface ConnectionOptions {
  readonly memory: FrameMemory;
  readonly maxFrameBytes: number;
  readonly handle: RequestHandler;
  /** A broken or misbehaving peer, in words. */
  readonly complain: (peer: string, reason: string) => void;
  readonly closed: () => void;
  readonly now: () => number;
}

export interface ClientConnection {
  /** Milliseconds (monotonic) of the last request or answer. */
  lastActiveMs(): number;
  /** Requests begun and not yet answered. */
  handling(): boolean;
  /** Bytes of answers not yet sent, and since when (monotonic milliseconds) none was. */
  unsent(): { readonly bytes: number; readonly sinceMs: number };
  /** Since when (monotonic milliseconds) a frame with memory of its own has been on its way, if one is. */
  receivingSinceMs(): number | undefined;
  /** With a reason when the peer is to blame: it goes to the log. */
  close(reason?: string): void;
}

/** Unsent bytes beyond which no further request begins: a peer that doesn't read gets no more to read. */
const UNSENT_LIMIT_BYTES = 256 * 1024;
/** Requests begun and unanswered: with small produces this is what bounds the answers waiting for the journal. */
const OPEN_REQUESTS = 1024;

interface Slot {
  answer: Answer | undefined;
  /** Whom to tell when the connection is over before there is an answer. */
  stop: (() => void) | undefined;
}

export function serveConnection(connection: Connection, options: ConnectionOptions): ClientConnection {
  const { memory, handle, complain, now } = options;
  const waiting: FrameBuffer[] = [];
  const slots: Slot[] = [];
  let ordered = true; // the request begun last lets the next one begin
  let unsentBytes = 0;
  let sentMs = 0; // when an answer was sent last, or the first of those unsent was begun
  let paused = false;
  let starved = false; // waiting for frame memory
  let over = false;
  let active = now();

  const reader = frameReader(memory, options.maxFrameBytes, now, {
    frame(frame) {
      waiting.push(frame);
      pump();
    },
    badLength: (length) => drop(`a frame of ${length} bytes; at most ${options.maxFrameBytes} are allowed (socket.request.max.bytes)`),
    noMemory: starve,
  });

  function starve() {
    starved = true;
    regulate();
    memory.whenFree(() => {
      if (over) return;
      starved = false;
      if (reader.retry()) regulate();
      else starve();
    });
  }

  /** Begins what may begin, then reads on or stops reading. */
  function pump() {
    while (!over && ordered && waiting.length > 0 && unsentBytes <= UNSENT_LIMIT_BYTES && slots.length < OPEN_REQUESTS) {
      const frame = waiting.shift();
      assert(frame, "a frame was waiting");
      begin(frame);
    }
    regulate();
  }

  function regulate() {
    if (over) return;
    const stop = starved || waiting.length > 0;
    if (stop === paused) return;
    paused = stop;
    if (stop) connection.pause();
    else connection.resume();
  }

  function begin(frame: FrameBuffer) {
    const slot: Slot = { answer: undefined, stop: undefined };
    slots.push(slot);
    ordered = false;
    active = now();
    let proceeded = false;
    const proceed = () => {
      if (proceeded) return;
      proceeded = true;
      ordered = true;
    };
    const link: RequestLink = {
      peer: connection.peer,
      peerHost: connection.peerHost,
      proceed() {
        proceed();
        pump();
      },
      whenGone(stop) {
        if (over) stop();
        else slot.stop = stop;
      },
    };
    handle(frame, link).then(
      (answer) => {
        slot.answer = answer;
        slot.stop = undefined;
        proceed();
        flush();
        pump();
      },
      (error: unknown) => {
        slot.answer = { parts: undefined };
        slot.stop = undefined;
        drop(error instanceof Error ? error.message : String(error));
      },
    );
  }

  /** Sends the answers whose turn it is. */
  function flush() {
    while (slots[0]?.answer) {
      const { parts, sent } = slots[0].answer;
      slots.shift();
      if (over || !parts) {
        sent?.();
        continue;
      }
      let bytes = 0;
      for (const part of parts) bytes += part.length;
      if (unsentBytes === 0) sentMs = now();
      unsentBytes += bytes;
      connection.write(parts, () => {
        unsentBytes -= bytes;
        active = now();
        sentMs = active;
        sent?.();
        pump();
      });
    }
  }

  function drop(reason: string) {
    if (over) return;
    complain(connection.peer, reason);
    connection.destroy();
  }

  const sink: ByteSink = {
    space: () => reader.space(),
    received: (count) => reader.received(count),
    closed(error) {
      over = true;
      reader.abandon();
      for (const frame of waiting.splice(0)) frame.release();
      for (const { stop } of slots) stop?.();
      flush();
      if (error && !isDisconnect(error)) complain(connection.peer, error.message);
      options.closed();
    },
  };
  connection.open(sink);

  return {
    lastActiveMs: () => active,
    handling: () => slots.length > 0,
    unsent: () => ({ bytes: unsentBytes, sinceMs: sentMs }),
    receivingSinceMs: () => reader.beganMs(),
    close: (reason) => (reason === undefined ? connection.destroy() : drop(reason)),
  };
}

/** Peers vanish all the time; that is no news. */
function isDisconnect(error: Error): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ECONNRESET" || code === "EPIPE" || code === "ETIMEDOUT";
}
