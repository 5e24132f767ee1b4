// Whether a broker serves consumer groups: the group rounds run by themselves as soon as it says so.
import { connect } from "node:net";

// ApiVersions v0 of a client named "x"
const API_VERSIONS = Buffer.from("0000000b0012000000000001000178", "hex");
const ANSWER_MS = 10_000;
const NEEDED = { 8: "OffsetCommit", 9: "OffsetFetch", 10: "FindCoordinator", 11: "JoinGroup", 68: "ConsumerGroupHeartbeat" };
const JOINING = [11, 68];

/** The answer to ApiVersions v0: length, correlation id, error code, a list of (key, min, max). */
function apiKeys(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port }, () => socket.write(API_VERSIONS));
    const timer = setTimeout(() => socket.destroy(new Error(`no answer to ApiVersions in ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      resolve(Array.from({ length: received.readInt32BE(10) }, (_, index) => received.readInt16BE(14 + index * 6)));
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      reject(new Error("the broker closed the connection"));
    });
  });
}

/**
 * { served, lacking }: `served` is "all" of what groups need, "some" (one protocol at least), or "none"; `lacking` is a sentence
 * that names what is not advertised.
 */
export async function groupsServed({ host, port }) {
  const offered = new Set(await apiKeys(host, port));
  const absent = Object.keys(NEEDED).filter((key) => !offered.has(Number(key)));
  const lacking = `the broker does not serve groups: it does not advertise ${absent.map((key) => NEEDED[key]).join(", ")}`;
  if (absent.length === 0) return { served: "all" };
  return { served: JOINING.some((key) => offered.has(key)) ? "some" : "none", lacking };
}
