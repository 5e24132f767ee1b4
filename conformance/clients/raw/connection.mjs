// A TCP connection that says bytes and tells what came of it.
import { once } from "node:events";
import { connect } from "node:net";
import { broker } from "../../lib/checks.mjs";
import { apiVersions } from "./requests.mjs";

const separator = broker.lastIndexOf(":");
const address = { host: broker.slice(0, separator), port: Number(broker.slice(separator + 1)) };

const ANSWER_MS = 8_000;

/** Opens a connection: { socket, answer(ms), closed(ms), end() }. `answer` resolves with the next frame's body, or how it failed to come. */
export async function open() {
  const socket = connect(address);
  socket.on("error", () => {});
  await once(socket, "connect");
  let received = Buffer.alloc(0);
  let over = false;
  let wake = () => {};
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  const finish = () => {
    over = true;
    wake();
  };
  socket.on("end", finish);
  socket.on("close", finish);

  const changed = (deadline) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const answer = async (boundMs = ANSWER_MS) => {
    const deadline = Date.now() + boundMs;
    for (;;) {
      const length = received.length >= 4 ? received.readInt32BE(0) : undefined;
      if (length !== undefined && received.length >= 4 + length) {
        const body = received.subarray(4, 4 + length);
        received = received.subarray(4 + length);
        return body;
      }
      if (over) return "closed";
      if (Date.now() >= deadline) return "silent";
      await changed(deadline);
    }
  };
  return { socket, answer, end: () => socket.destroy() };
}

/** Sends bytes on a new connection; resolves with the first answer's body, "closed", or "silent" after boundMs. */
export async function tell(bytes, boundMs) {
  const connection = await open();
  try {
    connection.socket.write(bytes);
    return await connection.answer(boundMs);
  } finally {
    connection.end();
  }
}

/** The next client is served: a new connection gets an answer to ApiVersions. */
export async function servesTheNext() {
  const answer = await tell(apiVersions());
  if (typeof answer === "string") throw new Error(`the next client finds the broker ${answer}`);
}
