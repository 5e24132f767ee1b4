import { AssertionError, topicId } from "@moldau/std";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { events } from "./event-samples.js";
import { type ClusterEvent, decodeEvent, encodeEvent, UnreadableEventError } from "./events.js";
import { clusterFold } from "./fold.js";
import { imageData } from "./image-data.js";
import { snapshotEvents } from "./snapshot.js";

function fold(list: Iterable<ClusterEvent>) {
  const folded = clusterFold();
  for (const event of list) folded.apply(event);
  return folded.image;
}

/** The obvious way: a list of topics that is searched, changed and sorted each time. */
function naiveTopics(list: readonly ClusterEvent[]) {
  let topics: { id: string; name: string; partitions: number; configs: Record<string, string> }[] = [];
  for (const event of list) {
    if (event.type === "TopicCreated") {
      topics.push({ id: event.topicId, name: event.name, partitions: event.partitions.length, configs: { ...event.configs } });
    } else if (event.type === "TopicDeleted") topics = topics.filter(({ id }) => id !== event.topicId);
    for (const topic of topics.filter(({ id }) => "topicId" in event && id === event.topicId)) {
      if (event.type === "PartitionsAdded") topic.partitions += event.partitions.length;
      if (event.type !== "TopicConfigsSet") continue;
      for (const [name, value] of Object.entries(event.changes)) {
        if (value === null) delete topic.configs[name];
        else topic.configs[name] = value;
      }
    }
  }
  return topics.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const created = (name: string, id = name): ClusterEvent => ({
  type: "TopicCreated",
  topicId: topicId(id),
  name,
  replicationFactor: 1,
  partitions: [{ leaderEpoch: 0, replicas: [1] }],
  configs: {},
});
const deleted = (id: string): ClusterEvent => ({ type: "TopicDeleted", topicId: topicId(id) });

describe("the fold", () => {
  it("comes to the same topics as a naive model, at every step", () => {
    fc.assert(
      fc.property(events, (list) => {
        const folded = clusterFold();
        list.forEach((event, at) => {
          folded.apply(event);
          const topics = [...folded.image.topics()];
          expect(
            topics.map(({ id, name, partitions, configs }) => ({
              id,
              name,
              partitions: partitions.length,
              configs: Object.fromEntries(configs),
            })),
          ).toEqual(naiveTopics(list.slice(0, at + 1)));
          for (const topic of topics) {
            expect(folded.image.topicById(topic.id)).toBe(topic);
            expect(folded.image.topicByName(topic.name)).toBe(topic);
            expect(topic.partitions.map(({ index }) => index)).toEqual([...topic.partitions.keys()]);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is the same from the events, from their encoding, and from a snapshot", () => {
    fc.assert(
      fc.property(events, (list) => {
        const image = imageData(fold(list));
        expect(imageData(fold(list.map((event) => decodeEvent(encodeEvent(event)))))).toEqual(image);
        expect(imageData(fold(snapshotEvents(fold(list))))).toEqual(image);
      }),
    );
  });

  it("lists topics from a name on, undisturbed by changes meanwhile", () => {
    const folded = clusterFold();
    for (const name of ["d", "a", "c"]) folded.apply(created(name));
    const listing = folded.image.topics("b");
    expect(listing.next().value?.name).toBe("c");
    folded.apply(created("cc"));
    folded.apply(deleted("d"));
    expect([...listing]).toEqual([]);
    expect([...folded.image.topics("b")].map(({ name }) => name)).toEqual(["c", "cc"]);
  });

  it("knows a topic that metrics would confuse with another", () => {
    const image = fold([created("orders.eu")]);
    expect(image.topicLike("orders_eu")?.name).toBe("orders.eu");
    expect(image.topicLike("orders-eu")).toBeUndefined();
    expect(fold([created("orders.eu"), deleted("orders.eu")]).topicLike("orders_eu")).toBeUndefined();
  });

  it("never changes a topic that someone holds", () => {
    const folded = clusterFold();
    folded.apply(created("a"));
    const before = folded.image.topicByName("a");
    folded.apply({ type: "TopicConfigsSet", topicId: topicId("a"), changes: { "retention.ms": "1" } });
    expect(before?.configs.size).toBe(0);
    expect(folded.image.topicByName("a")?.configs.get("retention.ms")).toBe("1");
  });

  it.each([
    ["a topic created twice", [created("a"), created("a", "other")]],
    ["a topic id given twice", [created("a"), created("b", "a")]],
    ["a change to a topic that does not exist", [deleted("a")]],
    [
      "producer ids taken back",
      [
        { type: "ProducerIdsAllocated", next: 5 },
        { type: "ProducerIdsAllocated", next: 4 },
      ] as const,
    ],
    ["a partition without a replica", [{ ...created("a"), partitions: [{ leaderEpoch: 0, replicas: [] }] } as ClusterEvent]],
  ])("refuses %s", (_, list) => {
    expect(() => fold(list)).toThrow(AssertionError);
  });
});

describe("an event", () => {
  const encoded = (text: string) => new TextEncoder().encode(text);

  it.each([
    ["of a type from the future", '{"v":1,"type":"TopicFrozen","topicId":"x"}', "TopicFrozen"],
    ["of a format from the future", '{"v":2,"type":"TopicDeleted","topicId":"x"}', "format 2"],
    ["that is named like a method", '{"v":1,"type":"toString"}', "toString"],
    ["that is cut short", '{"v":1,"type":"Topic', "damaged"],
    ["that is not an object", "null", "damaged"],
  ])("%s is refused by name", (_, text, named) => {
    expect(() => decodeEvent(encoded(text))).toThrow(UnreadableEventError);
    expect(() => decodeEvent(encoded(text))).toThrow(named);
  });

  it("that is not UTF-8 is refused", () => {
    expect(() => decodeEvent(Uint8Array.of(0xff, 0xfe))).toThrow(UnreadableEventError);
  });
});
