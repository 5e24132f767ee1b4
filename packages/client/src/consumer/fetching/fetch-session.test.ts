// A fetch session says what has changed, and everything when the broker may not know the rest.
import { describe, expect, it } from "vitest";
import { fetchSession, type Wanted } from "./fetch-session.js";

const wanted = (fetchOffset: number, more: Partial<Wanted> = {}): Wanted => ({
  topic: "orders",
  topicId: "A",
  partition: 0,
  fetchOffset,
  currentLeaderEpoch: 0,
  partitionMaxBytes: 100,
  ...more,
});
const of = (...all: Wanted[]) => new Map(all.map((one) => [`${one.topic}/${one.partition}`, one]));

describe("a session", () => {
  it("begins with everything, and goes on with what is new", () => {
    const session = fetchSession();
    expect(session.ask(of(wanted(0), wanted(5, { partition: 1 })))).toMatchObject({
      sessionId: 0,
      sessionEpoch: 0,
      wanted: [{}, {}],
      forgotten: [],
    });
    session.answered(7);
    expect(session.ask(of(wanted(3), wanted(5, { partition: 1 })))).toEqual({
      sessionId: 7,
      sessionEpoch: 1,
      wanted: [wanted(3)],
      forgotten: [],
    });
    session.answered(7);
    expect(session.ask(of(wanted(3), wanted(5, { partition: 1 })))).toEqual({ sessionId: 7, sessionEpoch: 2, wanted: [], forgotten: [] });
  });

  it("forgets partitions, and the topic that another has taken the place of", () => {
    const session = fetchSession();
    session.ask(of(wanted(0), wanted(5, { partition: 1 })));
    session.answered(7);
    expect(session.ask(of(wanted(0)))).toMatchObject({ wanted: [], forgotten: [{ partition: 1 }] });
    session.answered(7);
    expect(session.ask(of(wanted(0, { topicId: "B" })))).toMatchObject({ wanted: [{ topicId: "B" }], forgotten: [{ topicId: "A" }] });
  });

  it("says everything again after a restart, naming the session that is to go", () => {
    const session = fetchSession();
    session.ask(of(wanted(0)));
    session.answered(7);
    session.ask(of(wanted(1)));
    session.restart();
    expect(session.ask(of(wanted(1)))).toEqual({ sessionId: 7, sessionEpoch: 0, wanted: [wanted(1)], forgotten: [] });
  });

  it("says everything each time when the broker keeps none", () => {
    const session = fetchSession();
    for (let i = 0; i < 2; i++) {
      expect(session.ask(of(wanted(0)))).toMatchObject({ sessionId: 0, sessionEpoch: 0, wanted: [{}] });
      session.answered(0);
    }
  });

  it("counts a new leader as news", () => {
    const session = fetchSession();
    session.ask(of(wanted(0)));
    session.answered(7);
    const news = session.ask(of(wanted(1, { currentLeaderEpoch: 1 })));
    expect(news.wanted).toEqual([wanted(1, { currentLeaderEpoch: 1 })]);
  });
});
