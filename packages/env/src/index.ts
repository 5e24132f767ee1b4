export type { Clock, Timer, Timers } from "./clock.js";
export { type DirectoryEntry, type Disk, DiskError, type DiskFile, type DiskLock, type OpenOptions, PAGE_BYTES } from "./disk.js";
export { type MemoryDisk, type MemoryDiskOptions, memoryDisk } from "./memory-disk.js";
export type { ByteSink, Connection, ListenAddress, Listener, Network } from "./network.js";
export { systemClock, systemTimers } from "./node-clock.js";
export { nodeDisk } from "./node-disk.js";
export { systemRandom } from "./node-random.js";
export type { Random } from "./random.js";
