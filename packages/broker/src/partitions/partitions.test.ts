// Partitions are opened when first asked for; one that could not be opened is opened when it is asked for again.
import { systemClock } from "@moldau/env";
import type { TopicImage } from "@moldau/metadata";
import { controlBatch, patchBatch } from "@moldau/records";
import { assert, topicId } from "@moldau/std";
import { type Log, type LogOwner, type LogStore, StorageError } from "@moldau/storage";
import { expect, it } from "vitest";
import { leadPartitions } from "./partitions.js";

const TOPIC = {
  id: topicId("00000000-0000-4000-8000-000000000001"),
  name: "t",
  partitions: [{ leaderEpoch: 3 }],
} as unknown as TopicImage;
const CONTROL = 0x20;

/** A store of one log, which holds a marker that no snapshot tells of. It has one owner. */
function storeWithMarker(read: Log["read"]): LogStore {
  let owner: LogOwner | undefined;
  const facts = {
    baseOffset: 0,
    lastOffset: 0,
    maxTimestamp: 0,
    producerId: 7,
    producerEpoch: 1,
    baseSequence: -1,
    attributes: CONTROL,
  };
  return {
    async open(partition: Log["partition"], newOwner: LogOwner) {
      assert(!owner, "one owner at a time");
      owner = newOwner;
      const recovered = { producers: new Uint8Array(0), producersThrough: 0, tail: [facts] };
      return { partition, logStartOffset: 0, endOffset: 1, highWatermark: 1, epochs: [], recovered, read } as unknown as Log;
    },
  } as unknown as LogStore;
}

it("opens a partition whose newest marker could not be read at first", async () => {
  const marker = controlBatch({ type: "ABORT", producerId: 7, producerEpoch: 1, coordinatorEpoch: 2, timestamp: 0 });
  patchBatch(marker, 0, { baseOffset: 0, leaderEpoch: 3 });
  let reads = 0;
  const read = async () => {
    if (++reads === 1) throw new StorageError("io", "the device fails");
    return { parts: [marker], sizeBytes: marker.length, release: () => {} };
  };
  const partitions = leadPartitions(storeWithMarker(read), systemClock);
  await expect(partitions.find(TOPIC, 0)).rejects.toThrow("the device fails");
  const partition = await partitions.find(TOPIC, 0);
  expect(partition?.producers().entries()).toMatchObject([{ producerId: 7, coordinatorEpoch: 2 }]);
  expect(partitions.find(TOPIC, 0)).toBe(partition);
});
