// A connection over a socket of Node, whoever made it: what is written is freed in order, and the end is told once.
import type { Socket } from "node:net";
import type { ByteSink, Connection } from "./network.js";

/** `attach` makes the socket's bytes go to the sink, and gives the socket to use from then on. */
export function connectionOver(accepted: Socket, attach: (socket: Socket, sink: ByteSink) => Socket): Connection {
  const peerHost = accepted.remoteAddress ?? "unknown";
  const peer = `${peerHost}:${accepted.remotePort ?? 0}`;
  let socket = accepted;
  // Parts handed to the kernel, in order, whose owners wait to hear that they are free.
  let unflushed: (() => void)[] = [];

  const releaseAll = () => {
    const waiting = unflushed;
    unflushed = [];
    for (const flushed of waiting) flushed();
  };

  return {
    peer,
    peerHost,
    open(sink: ByteSink) {
      socket = attach(accepted, sink);
      let failure: Error | undefined;
      socket.on("error", (error) => {
        failure = error;
      });
      socket.on("end", () => socket.destroy());
      socket.on("close", () => {
        releaseAll();
        sink.closed(failure);
      });
    },
    write(parts, flushed) {
      if (socket.destroyed || !socket.writable) return flushed();
      unflushed.push(flushed);
      const done = () => {
        // Writes complete in order, so this one is the first; after a close `releaseAll` was quicker.
        if (unflushed[0] === flushed) unflushed.shift();
        else return;
        flushed();
      };
      const last = parts.length - 1;
      if (last > 0) socket.cork();
      for (let i = 0; i <= last; i++) socket.write(parts[i] as Uint8Array, i === last ? done : undefined);
      if (last > 0) socket.uncork();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

/** For sockets that cannot read into memory of the sink: one copy more. */
export function byEvents(socket: Socket, sink: ByteSink): Socket {
  socket.on("data", (bytes: Uint8Array) => copyInto(sink, bytes));
  socket.resume();
  return socket;
}

export function copyInto(sink: ByteSink, bytes: Uint8Array): void {
  for (let taken = 0; taken < bytes.length; ) {
    const space = sink.space();
    const count = Math.min(space.length, bytes.length - taken);
    space.set(bytes.subarray(taken, taken + count));
    sink.received(count);
    taken += count;
  }
}
