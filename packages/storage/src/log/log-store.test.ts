import { describeLogStore } from "./log-store.contract.js";
import { memoryMedia } from "./testing/world.js";

describeLogStore("memory", async () => ({ media: memoryMedia(), remove: async () => {} }));
