import { millis } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { fetchSessions, rotate, type SessionRequest } from "./sessions.js";

function world(slots = 2) {
  let nowMs = 0;
  let next = 0;
  const clock = { now: () => millis(nowMs), monotonicMs: () => nowMs };
  const random = { bytes: (count: number) => new Uint8Array(count), float: () => (next += 0.001) };
  const sessions = fetchSessions(clock, random, () => slots);
  return {
    sessions,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** Asks as a client would, for partitions "topic/index". */
    ask: (sessionId: number, sessionEpoch: number, names: readonly string[] = [], forgotten: readonly string[] = [], byTopicId = false) => {
      const outcome = sessions.resolve(request(sessionId, sessionEpoch, names, forgotten, byTopicId));
      if (outcome.kind === "error") return outcome.error;
      return {
        kind: outcome.kind,
        id: outcome.session?.id ?? 0,
        partitions: outcome.partitions.map(({ request: { topic, index } }) => `${topic}/${index}`),
      };
    },
  };
}

function request(
  sessionId: number,
  sessionEpoch: number,
  names: readonly string[],
  forgotten: readonly string[],
  byTopicId: boolean,
): SessionRequest {
  const parse = (name: string) => ({ topic: name.split("/")[0] ?? "", index: Number(name.split("/")[1]) });
  const partitions = names.map((name) => ({ ...parse(name), fetchOffset: 0, currentLeaderEpoch: -1, lastFetchedEpoch: -1, maxBytes: 1 }));
  return { sessionId, sessionEpoch, byTopicId, partitions, forgotten: forgotten.map(parse) };
}

/** Opens a session and says its id. */
function open(ask: ReturnType<typeof world>["ask"], names: readonly string[]): number {
  const outcome = ask(0, 0, names);
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome.id;
}

describe("fetchSessions", () => {
  it("remembers partitions, and adds and forgets them by request", () => {
    const { ask } = world();
    const id = open(ask, ["a/0", "a/1"]);
    expect(id).toBeGreaterThan(0);
    expect(ask(id, 1, ["b/0"], ["a/0"])).toEqual({ kind: "incremental", id, partitions: ["a/1", "b/0"] });
    expect(ask(id, 2)).toEqual({ kind: "incremental", id, partitions: ["a/1", "b/0"] });
  });

  it("answers without a session when asked so, or when nothing is left to fetch", () => {
    const { ask, sessions } = world();
    expect(ask(0, -1, ["a/0"])).toEqual({ kind: "full", id: 0, partitions: ["a/0"] });
    const id = open(ask, ["a/0"]);
    expect(ask(id, 1, [], ["a/0"])).toEqual({ kind: "full", id: 0, partitions: [] });
    expect(sessions.count()).toBe(0);
  });

  it("refuses a wrong epoch, an unknown session, and names where ids were", () => {
    const { ask } = world();
    const id = open(ask, ["a/0"]);
    expect(ask(id, 2)).toBe("INVALID_FETCH_SESSION_EPOCH");
    expect(ask(id + 1, 1)).toBe("FETCH_SESSION_ID_NOT_FOUND");
    expect(ask(id, 1, [], [], true)).toBe("FETCH_SESSION_TOPIC_ID_ERROR");
  });

  it("closes a session that its client ends or replaces", () => {
    const { ask, sessions } = world();
    const id = open(ask, ["a/0"]);
    ask(id, -1, ["a/0"]);
    expect(sessions.count()).toBe(0);
    const second = open(ask, ["a/0"]);
    ask(second, 0, ["a/0"]);
    expect(sessions.count()).toBe(1);
    expect(ask(second, 1)).toBe("FETCH_SESSION_ID_NOT_FOUND");
  });

  it("keeps to its slots: a new session takes the place of one long unused, or there is none", () => {
    const { ask, pass } = world(1);
    const id = open(ask, ["a/0"]);
    expect(open(ask, ["b/0"])).toBe(0);
    pass(120_000);
    const second = open(ask, ["b/0"]);
    expect(second).toBeGreaterThan(0);
    expect(ask(id, 1)).toBe("FETCH_SESSION_ID_NOT_FOUND");
  });

  it("serves first those that got nothing the last time", () => {
    const { ask, sessions } = world();
    const id = open(ask, ["a/0", "a/1", "a/2"]);
    const outcome = sessions.resolve(request(id, 1, [], [], false));
    if (outcome.kind !== "incremental") throw new Error(outcome.kind);
    rotate(outcome.session, outcome.partitions.slice(0, 1));
    expect(ask(id, 2)).toMatchObject({ partitions: ["a/1", "a/2", "a/0"] });
  });

  it("remembers no more than its bytes allow: beyond, clients are served without a session", () => {
    const { ask, sessions } = world(100);
    const many = Array.from({ length: 100 }, (_, i) => `${"a".repeat(30_000)}/${i}`);
    const ids = Array.from({ length: 30 }, () => open(ask, many));
    const opened = ids.filter((id) => id > 0);
    expect(opened.length).toBeGreaterThan(15);
    expect(opened.length).toBeLessThan(25);
    const id = open(ask, ["b/0"]);
    expect(id).toBeGreaterThan(0);
    expect(ask(id, 1, many)).toBe("FETCH_SESSION_ID_NOT_FOUND");
    expect(sessions.count()).toBe(opened.length);
    ask(opened[0] ?? 0, -1);
    expect(open(ask, many)).toBeGreaterThan(0);
  });

  it("serves a partition named twice once", () => {
    const { ask } = world();
    expect(ask(0, -1, ["a/0", "a/0"])).toMatchObject({ partitions: ["a/0"] });
    expect(ask(0, 0, ["a/0", "a/0"])).toMatchObject({ partitions: ["a/0"] });
  });
});
