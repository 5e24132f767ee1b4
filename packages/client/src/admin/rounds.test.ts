import { ListOffsets } from "@moldau/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type Cluster, clusterOf } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import { done, failed } from "./outcome.js";
import { type AdminOptions, type AskFor, inRounds, type Route } from "./rounds.js";

const cluster: Cluster = clusterOf({ bootstrap: "127.0.0.1:1", retryBackoffMs: 1, retryBackoffMaxMs: 2, requestTimeoutMs: 1_000 });
afterEach(() => cluster.close());

const retriable = (code: "NOT_LEADER_OR_FOLLOWER" | "UNKNOWN_TOPIC_OR_PARTITION") => new ClientError(code, code, { retriable: true });

/** Items belong to the broker of their last digit, until they move. */
function world() {
  const moved = new Map<string, number>();
  const asked: string[] = [];
  const route: Route<string> = {
    brokerOf: async (item) => moved.get(item) ?? Number(item.slice(-1)),
    async renew(items) {
      asked.push(`renew ${items.join(" ")}`);
    },
  };
  const run = (items: readonly string[], answer: AskFor<string, string>, options?: AdminOptions) =>
    inRounds(
      cluster,
      items,
      route,
      (ask, nodeId, some) => {
        asked.push(`${nodeId}: ${some.join(" ")}`);
        return answer(ask, nodeId, some);
      },
      options,
    );
  return { moved, asked, run, route };
}

describe("many items", () => {
  it("go to their brokers, those of one in one request, and come back in order", async () => {
    const { asked, run } = world();
    const values = await run(["a1", "b2", "c1"], async (_, nodeId, some) => some.map((item) => done(item, `${item}@${nodeId}`)));
    expect(values).toEqual(["a1@1", "b2@2", "c1@1"]);
    expect(asked).toEqual(["1: a1 c1", "2: b2"]);
  });

  it("are asked for again where that may help, and only those", async () => {
    const { asked, run, moved } = world();
    const values = await run(["a1", "b1"], async (_, nodeId, some) => {
      moved.set("b1", 2);
      return some.map((item) => (item === "b1" && nodeId === 1 ? failed(item, retriable("NOT_LEADER_OR_FOLLOWER")) : done(item, item)));
    });
    expect(values).toEqual(["a1", "b1"]);
    expect(asked).toEqual(["1: a1 b1", "renew b1", "2: b1"]);
  });

  it("fail each for itself; what fails a request fails its items", async () => {
    const { run } = world();
    const final = new ClientError("INVALID_CONFIG", "no");
    const answers = run(["a1", "b1", "c2"], async (_, nodeId, some) => {
      if (nodeId === 2) throw final;
      return some.map((item) => (item === "b1" ? failed(item, final) : done(item, item)));
    });
    const outcomes = await answers.outcomes();
    expect(outcomes.map(({ item, error }) => [item, error?.code])).toEqual([
      ["a1", undefined],
      ["b1", "INVALID_CONFIG"],
      ["c2", "INVALID_CONFIG"],
    ]);
    await expect(run(["x1"], async () => Promise.reject(final))).rejects.toBe(final);
  });

  it("that an answer leaves out are said to be", async () => {
    const { run } = world();
    expect(await run(["a1"], async () => []).outcomes()).toMatchObject([{ item: "a1", error: { code: "UNKNOWN_SERVER_ERROR" } }]);
  });

  it("of topics that are not known are asked for a few times, not for all the time there is", async () => {
    const { asked, run } = world();
    const outcomes = await run(["a1"], async () => [failed("a1", retriable("UNKNOWN_TOPIC_OR_PARTITION"))], {
      timeoutMs: 60_000,
    }).outcomes();
    expect(outcomes[0]?.error?.code).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(asked.filter((line) => line === "1: a1")).toHaveLength(3);
  });

  it("end with the last failure when time does", async () => {
    const { run } = world();
    const answers = run(["a1"], async () => [failed("a1", retriable("NOT_LEADER_OR_FOLLOWER"))], { timeoutMs: 20 });
    await expect(answers).rejects.toMatchObject({ code: "NOT_LEADER_OR_FOLLOWER" });
  });

  it("end with the caller's signal, also while a broker does not answer", async () => {
    const { run } = world();
    const controller = new AbortController();
    const never: Cluster["connection"] = () => new Promise(() => {});
    const waiting = inRounds(
      { ...cluster, connection: never },
      ["a1"],
      world().route,
      async (ask, nodeId) => {
        controller.abort(new Error("enough"));
        await ask(nodeId, ListOffsets, { replicaId: -1, topics: [] });
        return [];
      },
      { signal: controller.signal },
    );
    await expect(waiting).rejects.toThrow("enough");
    await expect(run(["a1"], async () => [], { signal: controller.signal })).rejects.toThrow("enough");
  });
});
