// Invariants broken on purpose, from outside of the product, to see that they are noticed.
import type { Disk } from "@moldau/env";
import type { Catalog } from "@moldau/storage";
import type { Reconnecting } from "../clients/reconnecting.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";

export interface Sabotage {
  /** Stands between each life of a broker and its disk. */
  readonly disk?: (disk: Disk, world: Surroundings) => Disk;
  /** The same for the catalog. */
  readonly catalog?: (catalog: Catalog, world: Surroundings) => Catalog;
  /** Stands between each client and the broker. */
  readonly client?: (client: Reconnecting) => Reconnecting;
  /** Settings of the broker, in worlds of transactions. */
  readonly properties?: ReadonlyMap<string, string>;
}

export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
}

export const NO_SABOTAGE: Sabotage = {};
