import { expect, it } from "vitest";
import { describeLogStore } from "./log-store.contract.js";
import { diskMedia } from "./testing/disk-media.js";
import { memoryMedia, openWorld } from "./testing/world.js";

describeLogStore("memory", async () => ({ media: memoryMedia(), remove: async () => {} }));

describeLogStore("a real disk", async () => {
  const media = await diskMedia();
  return { media, remove: media.remove };
});

it.each([{ tailBatches: 499 }, { tailBytes: 63 * 1024 }])("refuses bounds under which appends would wait for ever: %j", async (limits) => {
  await expect(openWorld(memoryMedia(), { limits })).rejects.toThrow("appends wait for consolidation before it is due");
});
