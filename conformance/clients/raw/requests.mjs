// Requests as bytes, all in versions without tagged fields unless a case is about those; and where their answers keep error codes.
import { array, frame, int8, int16, int32, int64, join, nullString, string, unsignedVarint } from "./bytes.mjs";

export const CORRELATION_ID = 77;
const CLIENT_ID = string("raw");

/** Request header v1: api key, version, correlation id, client id. */
export const header = (apiKey, version, correlationId = CORRELATION_ID, clientId = CLIENT_ID) =>
  join(int16(apiKey), int16(version), int32(correlationId), clientId);

/** A request without tagged fields. */
export const request = (apiKey, version, ...body) => frame(header(apiKey, version), ...body);

/** A request with tagged fields: header v2. */
export const flexibleRequest = (apiKey, version, ...body) => frame(header(apiKey, version), unsignedVarint(0), ...body);

export const apiVersions = (correlationId = CORRELATION_ID) => frame(header(18, 0, correlationId));

export const metadata = (names, { autoCreate = false } = {}) => request(3, 5, array(...names.map(string)), int8(autoCreate ? 1 : 0));

export const createTopics = (name, partitions = 1, factor = 1) =>
  request(19, 4, array(join(string(name), int32(partitions), int16(factor), array(), array())), int32(10_000), int8(0));

export const produce = (topic, records, { partition = 0, acks = -1, correlationId } = {}) =>
  frame(
    header(0, 7, correlationId),
    nullString,
    int16(acks),
    int32(10_000),
    array(join(string(topic), array(join(int32(partition), records === null ? int32(-1) : join(int32(records.length), records))))),
  );

export function fetch(
  topic,
  { partition = 0, offset = 0, maxWaitMs = 100, sessionId = 0, sessionEpoch = -1, isolation = 0, epoch = -1 } = {},
) {
  const wanted = join(int32(partition), int32(epoch), int64(offset), int64(-1), int32(1_000_000));
  const session = join(int32(sessionId), int32(sessionEpoch));
  const topics = array(join(string(topic), array(wanted)));
  return request(1, 11, int32(-1), int32(maxWaitMs), int32(1), int32(1_000_000), int8(isolation), session, topics, array(), string(""));
}

export const listOffsets = (topic, partition, timestampMs) =>
  request(2, 3, int32(-1), int8(0), array(join(string(topic), array(join(int32(partition), int64(timestampMs))))));

/** Walks an answer: throws when it is shorter than it says. */
function reader(answer) {
  let at = 4; // after the correlation id
  const take = (bytes) => {
    at += bytes;
    return at - bytes;
  };
  const self = {
    int16: () => answer.readInt16BE(take(2)),
    int32: () => answer.readInt32BE(take(4)),
    past: take,
    string: () => take(Math.max(0, self.int16())),
    times: (count, each) => Array.from({ length: count }, each),
  };
  return self;
}

/** The first error code of an answer, by the request's api key; those of a topic or partition come before the answer's own. */
const errorCodes = {
  0: (answer) => {
    const from = reader(answer);
    from.int32();
    from.string();
    from.past(4 + 4);
    return from.int16();
  },
  1: (answer) => {
    const from = reader(answer);
    from.int32();
    const whole = from.int16();
    from.int32();
    if (whole !== 0 || from.int32() === 0) return whole;
    from.string();
    from.past(4 + 4);
    return from.int16();
  },
  2: (answer) => {
    const from = reader(answer);
    from.int32();
    from.int32();
    from.string();
    from.past(4 + 4);
    return from.int16();
  },
  3: (answer) => {
    const from = reader(answer);
    from.int32();
    from.times(from.int32(), () => [from.int32(), from.string(), from.int32(), from.string()]);
    from.string();
    from.int32();
    return from.int32() === 0 ? 0 : from.int16();
  },
  18: (answer) => answer.readInt16BE(4),
  19: (answer) => {
    const from = reader(answer);
    from.int32();
    from.int32();
    from.string();
    return from.int16();
  },
};

/** The error code in the answer to a request of requests.mjs. */
export function errorCodeOf(requestFrame, answer) {
  const apiKey = requestFrame.readInt16BE(4);
  return errorCodes[apiKey](answer);
}
