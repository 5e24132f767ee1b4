import { describeLogStore } from "./log-store.contract.js";
import { diskMedia } from "./testing/disk-media.js";
import { memoryMedia } from "./testing/world.js";

describeLogStore("memory", async () => ({ media: memoryMedia(), remove: async () => {} }));

describeLogStore("a real disk", async () => {
  const media = await diskMedia();
  return { media, remove: media.remove };
});
