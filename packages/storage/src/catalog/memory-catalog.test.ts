import { describeClusterLog } from "./cluster-log.contract.js";
import { describeExtentIndex } from "./extent-index.contract.js";
import { memoryCatalog } from "./memory-catalog.js";

describeExtentIndex("memory", async () => {
  const { extents } = memoryCatalog();
  return { index: extents, reopen: async () => extents, close: async () => {} };
});

describeClusterLog("memory", async () => {
  const { clusterLog } = memoryCatalog();
  return { log: clusterLog, reopen: async () => clusterLog, close: async () => {} };
});
