// What the broker makes of bad input: Kafka's answer or a closed connection, and the next client is served.
import { check, equal, holds, runSuite, say } from "../../lib/checks.mjs";
import { frame, int32 } from "./bytes.mjs";
import { open, servesTheNext, tell } from "./connection.mjs";
import { floods } from "./floods.mjs";
import { bodies, framing, headers } from "./frames.mjs";
import { groupAnswers } from "./groups/check.mjs";
import { lyingRecords } from "./lies.mjs";
import { fetches, names } from "./names.mjs";
import { apiVersions, errorCodeOf, flexibleRequest, header } from "./requests.mjs";

// how long to wait before "it waits for more" is believed
const SILENCE_MS = 300;

const outcomeOf = (bytes, answer) => (typeof answer === "string" ? answer : String(errorCodeOf(bytes, answer)));

async function holdsFor([what, bytes, expected, may = {}]) {
  await check(what, async () => {
    const answer = await tell(bytes, expected === "silent" ? SILENCE_MS : undefined);
    const outcome = outcomeOf(bytes, answer);
    if (!(outcome in may)) equal("outcome", outcome, String(expected));
    await servesTheNext();
  });
}

async function versionList() {
  const answer = await tell(flexibleRequest(18, 99));
  equal("error code", answer.readInt16BE(4), 35);
  const count = answer.readInt32BE(6);
  holds("it lists versions", count > 0);
  const keys = Array.from({ length: count }, (_, index) => answer.readInt16BE(10 + index * 6));
  holds("among them ApiVersions' own", keys.includes(18));
  equal("and nothing follows the list", answer.length, 10 + count * 6);
}

async function pipelined() {
  const connection = await open();
  connection.socket.write(Buffer.concat(Array.from({ length: 200 }, (_, index) => apiVersions(index))));
  for (let index = 0; index < 200; index++) equal("correlation id", (await connection.answer()).readInt32BE(0), index);
  connection.end();
}

async function byteByByte() {
  const connection = await open();
  connection.socket.setNoDelay(true);
  for (const byte of apiVersions()) {
    connection.socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  equal("error code", (await connection.answer()).readInt16BE(4), 0);
  connection.end();
}

async function goodBeforeBad() {
  const connection = await open();
  connection.socket.write(Buffer.concat([apiVersions(1), frame(header(9_999, 0)), apiVersions(2)]));
  equal("the first is answered", (await connection.answer()).readInt32BE(0), 1);
  equal("then", await connection.answer(), "closed");
}

async function halfOpen() {
  const connection = await open();
  connection.socket.end(Buffer.concat([int32(100), Buffer.alloc(10)]));
  equal("a connection ended in a frame", await connection.answer(), "closed");
  await servesTheNext();
}

await runSuite({
  check: async () => {
    for (const one of [...framing, ...headers, ...bodies]) await holdsFor(one);
    await check("answers an unknown version of ApiVersions in v0 form, with its versions", versionList);
    await check("answers 200 requests sent at once, in order", pipelined);
    await check("puts together a request that comes byte by byte", byteByByte);
    await check("answers what came before a bad request, then closes", goodBeforeBad);
    await check("forgets a connection that ends within a frame", halfOpen);
    for (const one of await lyingRecords()) await holdsFor(one);
    for (const one of [...names, ...(await fetches())]) await holdsFor(one);
    await floods();
  },
  read: async () => say("raw reads nothing"),
  groups: groupAnswers,
});
