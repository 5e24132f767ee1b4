// A partition that cannot be opened is the world's failure or ours: clients are told of the one, the other stops the broker.
import { AssertionError } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import { expect, it } from "vitest";
import type { Services } from "../services.js";
import { findPartition } from "./lookup.js";

const opening = (error: Error) =>
  findPartition(
    {
      metadata: { image: { topicByName: (name: string) => ({ name }) } },
      partitions: { find: () => Promise.reject(error) },
      log: { error: () => {} },
    } as unknown as Services,
    { name: "t" },
    0,
  );

it("is a storage error when the device fails", async () => {
  expect(await opening(new StorageError("io", "the device fails"))).toBe("KAFKA_STORAGE_ERROR");
});

it("is no answer when an invariant is broken", async () => {
  await expect(opening(new AssertionError("extents go on where the journal begins"))).rejects.toThrow(AssertionError);
});
