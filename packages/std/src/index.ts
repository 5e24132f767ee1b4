export { AssertionError, assert, unreachable } from "./assert.js";
export { type BoundedCache, type BoundedCacheOptions, boundedCache } from "./bounded-cache.js";
export { crc32c } from "./crc32c.js";
export { crc32cCombine } from "./crc32c-combine.js";
export {
  type LeaderEpoch,
  leaderEpoch,
  type Millis,
  millis,
  type Offset,
  offset,
  type PartitionId,
  type PartitionIndex,
  partitionIndex,
  partitionKey,
  type TopicId,
  topicId,
} from "./ids.js";
export { type InTurn, inTurn } from "./in-turn.js";
export { type Indexed, type IndexedHeap, indexedHeap } from "./indexed-heap.js";
export { isInt53LE, readInt53BE, readInt53LE, writeInt53BE, writeInt53LE } from "./int53.js";
export { randomUuid, UUID_BYTES, uuidBytes, uuidText, ZERO_UUID } from "./uuid.js";
export { readVarint, readVarlong, type VarintCursor, varintBytes, varlongBytes, writeVarint, writeVarlong } from "./varint.js";
