// When does a broker answer? Asks for ApiVersions, over and over, until bytes come back.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

// Frame length, then ApiVersions (18) version 0, correlation id 1, client id "b".
const REQUEST = Buffer.from([0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 1, 0, 1, 98]);
const RETRY_MS = 4;

/** @param {string} host @param {number} port @returns {Promise<boolean>} */
function asksOnce(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (/** @type {boolean} */ answered) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => socket.write(REQUEST));
    socket.once("data", () => settle(true));
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => settle(false));
  });
}

/**
 * @param {string} host
 * @param {number} port
 * @param {() => string | undefined} gaveUp  a reason to stop asking, such as that the process is gone
 * @returns {Promise<void>} resolves with the first answer
 */
export async function firstAnswer(host, port, gaveUp, deadlineMs = 60_000) {
  const deadline = performance.now() + deadlineMs;
  while (!(await asksOnce(host, port))) {
    const reason = gaveUp();
    if (reason !== undefined) throw new Error(reason);
    if (performance.now() > deadline) throw new Error(`${host}:${port} gave no answer in ${deadlineMs / 1000} s`);
    await sleep(RETRY_MS);
  }
}
