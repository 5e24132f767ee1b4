// Bytes that are no requests, or requests that lie about their lengths.
//
// A case is [what, bytes, expected, may?]: expected is what Kafka 4.3.1 does: "closed", "silent" (it waits for more), or an error
// code in the answer. `may` lists what Moldau may do instead, with the reason.
import { array, compactString, frame, int8, int16, int32, join, string, unsignedVarint } from "./bytes.mjs";
import { apiVersions, CORRELATION_ID, flexibleRequest, header, produce, request } from "./requests.mjs";

const STRICTER = "Kafka takes what has no meaning for null, or for nothing; to refuse it does no harm";
const METADATA = 3;
const API_VERSIONS = 18;
const REQUEST_MAX_BYTES = 104_857_600;

const noise = (seed, length) => {
  let state = seed;
  return Buffer.from({ length }, () => 0).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
};

export const framing = [
  ["a web browser", Buffer.from("GET / HTTP/1.1\r\nHost: broker\r\n\r\n"), "closed"],
  ["a TLS client", Buffer.from("16030100c8010000c40303", "hex"), "closed"],
  ["an SSH client", Buffer.from("SSH-2.0-client\r\n"), "closed"],
  ["zeros", Buffer.alloc(4_096), "closed"],
  ["ones", Buffer.alloc(4_096, 0xff), "closed"],
  ["noise with a plausible length", join(int32(64), noise(3, 64)), "closed"],
  ["noise", noise(0x7f000001, 4_096), "closed"],
  ["length -1", int32(-1), "closed"],
  ["the smallest length", int32(-0x80000000), "closed"],
  ["the largest length", int32(0x7fffffff), "closed"],
  ["one byte above socket.request.max.bytes", int32(REQUEST_MAX_BYTES + 1), "closed"],
  ["socket.request.max.bytes announced", int32(REQUEST_MAX_BYTES), "silent"],
  ["an empty frame", int32(0), "closed"],
  ["a frame of 1 byte", join(int32(1), int8(0)), "closed"],
  ["a frame that ends in its header", frame(int16(API_VERSIONS), int16(0), int8(0)), "closed"],
  ["half a length", Buffer.from([0, 0]), "silent"],
  ["half a request", apiVersions().subarray(0, 9), "silent"],
];

export const headers = [
  ["an API key that does not exist", request(9_999, 0), "closed"],
  ["a negative API key", request(-1, 0), "closed"],
  ["an API of the controller's quorum: Vote", request(52, 0), "closed"],
  ["an API that is gone: LeaderAndIsr", request(4, 0), "closed"],
  ["a version that does not exist", request(METADATA, 99, array()), "closed"],
  ["a negative version", request(METADATA, -1, array()), "closed"],
  ["a version no longer served: Produce v0", request(0, 0, int16(-1), int32(1_000), array()), "closed"],
  ["a client id longer than the frame", frame(int16(METADATA), int16(1), int32(CORRELATION_ID), int16(30_000)), "closed"],
  [
    "a client id of length -2",
    frame(int16(METADATA), int16(5), int32(CORRELATION_ID), int16(-2), array(), int8(0)),
    0,
    { closed: STRICTER },
  ],
  ["a null client id", frame(header(API_VERSIONS, 0, CORRELATION_ID, int16(-1))), 0],
  ["a client id that is not UTF-8", frame(header(API_VERSIONS, 0, CORRELATION_ID, join(int16(2), Buffer.from("ff80", "hex")))), 0],
  [
    "tagged fields of a header that run over",
    frame(header(API_VERSIONS, 3), unsignedVarint(1), unsignedVarint(0), unsignedVarint(9_999)),
    "closed",
  ],
  ["ApiVersions in a version that does not exist", flexibleRequest(API_VERSIONS, 99), 35],
  [
    "that with a header of old",
    request(API_VERSIONS, 99),
    "closed",
    { 35: "friendlier: which header a version of the future has, nobody knows" },
  ],
  ["ApiVersions with a nameless client", flexibleRequest(API_VERSIONS, 3, compactString(""), compactString("1"), unsignedVarint(0)), 42],
  [
    "ApiVersions with a client's odd name",
    flexibleRequest(API_VERSIONS, 3, compactString("a b!"), compactString("1"), unsignedVarint(0)),
    42,
  ],
];

const topicsOf = (...parts) => request(METADATA, 5, ...parts);
const flexibleTopicsOf = (...parts) => flexibleRequest(METADATA, 9, ...parts);

export const bodies = [
  ["an array longer than the frame", topicsOf(int32(1_000_000)), "closed"],
  ["an array of 2^31 - 1", topicsOf(int32(0x7fffffff)), "closed"],
  ["an array of length -2", topicsOf(int32(-2), int8(0)), 0, { closed: STRICTER }],
  ["a string longer than the frame", topicsOf(int32(1), int16(0x7fff), Buffer.from("a")), "closed"],
  ["a string of length -2", topicsOf(int32(1), int16(-2)), "closed"],
  ["null where no null may be", topicsOf(int32(1), int16(-1)), "closed"],
  ["a body that is missing", topicsOf(), "closed"],
  ["bytes after the body", topicsOf(array(string("x")), int8(0), Buffer.alloc(8)), 3, { closed: STRICTER }],
  ["a compact array longer than the frame", flexibleTopicsOf(unsignedVarint(1_000_000)), "closed"],
  ["a compact array of 2^32 - 2", flexibleTopicsOf(unsignedVarint(0xffffffff)), "closed"],
  ["a compact string longer than the frame", flexibleTopicsOf(unsignedVarint(2), unsignedVarint(30_000)), "closed"],
  ["a varint without end", flexibleTopicsOf(Buffer.alloc(12, 0xff)), "closed"],
  [
    "more tagged fields than the frame holds",
    flexibleTopicsOf(unsignedVarint(1), int8(0), int8(0), int8(0), unsignedVarint(0xfffffff)),
    "closed",
  ],
  [
    "a tagged field longer than the frame",
    flexibleTopicsOf(unsignedVarint(1), int8(0), int8(0), int8(0), unsignedVarint(1), unsignedVarint(5), unsignedVarint(30_000)),
    "closed",
  ],
  [
    "an unknown tagged field",
    flexibleRequest(
      API_VERSIONS,
      3,
      compactString("x"),
      compactString("1"),
      unsignedVarint(1),
      unsignedVarint(500),
      unsignedVarint(2),
      Buffer.from("ab"),
    ),
    0,
  ],
  ["records longer than the frame", produce("unknown", Buffer.alloc(0)).subarray(0, -4), "silent"],
  ["records of 2^31 - 1 bytes", frame(produce("unknown", Buffer.alloc(0)).subarray(4, -4), int32(0x7fffffff)), "closed"],
  ["records of length -2", frame(produce("unknown", Buffer.alloc(0)).subarray(4, -4), int32(-2)), 3, { closed: STRICTER }],
];
