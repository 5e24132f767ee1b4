// The coordinators of an internal topic: one for each of its partitions, made when first asked for.
import { type Coordinator, type CoordinatorOptions, coordinator } from "./coordinator.js";
import type { InternalLog } from "./internal-log.js";
import { type CoordinatorLimits, DEFAULT_LIMITS, type Occupancy } from "./occupancy.js";

export interface Coordinators<State, Command> {
  /** Of a partition that the topic has. */
  of(partition: number): Coordinator<State, Command>;
  /** Tells all of `partitionCount`, the loaded ones at once. */
  tellAll(partitionCount: number, command: Command): void;
  /**
   * Loads one after another those of `partitionCount` that have something to load. Those that are asked meanwhile don't wait for that,
   * nor do the others for one that cannot be read.
   */
  warm(partitionCount: number): Promise<void>;
  /** The states that are there. Not to be changed. */
  states(): Iterable<State>;
  occupancy(): Readonly<Occupancy>;
  /** The topic is gone: all who wait are refused, and what comes starts anew. */
  forget(): void;
  /** Refuses who waits and whoever comes. Resolves when what was decided is durable, or lost. */
  close(): Promise<void>;
}

export interface CoordinatorsOptions<State, Command, Event, World>
  extends Omit<CoordinatorOptions<State, Command, Event, World>, "partition" | "log" | "occupancy" | "limits"> {
  readonly logOf: (partition: number) => InternalLog;
  readonly limits?: Partial<CoordinatorLimits>;
}

export function coordinators<State, Command, Event, World>(
  options: CoordinatorsOptions<State, Command, Event, World>,
): Coordinators<State, Command> {
  const { logOf, limits, ...shared } = options;
  const occupancy: Occupancy = { waiting: 0, pendingBytes: 0 };
  const logs = new Map<number, InternalLog>();
  let members = new Map<number, Coordinator<State, Command>>();
  let closed: Promise<void> | undefined;

  const logAt = (partition: number): InternalLog => {
    const log = logs.get(partition) ?? logOf(partition);
    logs.set(partition, log);
    return log;
  };

  const of = (partition: number): Coordinator<State, Command> => {
    const known = members.get(partition);
    if (known) return known;
    const fresh = coordinator({ ...shared, partition, log: logAt(partition), occupancy, limits: { ...DEFAULT_LIMITS, ...limits } });
    members.set(partition, fresh);
    if (closed) void fresh.close();
    return fresh;
  };

  return {
    of,
    tellAll(partitionCount, command) {
      for (let partition = 0; partition < partitionCount; partition++) of(partition).tell(command);
    },
    async warm(partitionCount) {
      for (let partition = 0; partition < partitionCount && !closed; partition++) {
        // One that cannot be read says so when it is loaded, again and again until it can.
        const empty = await logAt(partition)
          .isEmpty()
          .catch(() => false);
        if (!empty && !closed) await of(partition).load();
      }
    },
    *states() {
      for (const member of members.values()) {
        const state = member.state();
        if (state !== undefined) yield state;
      }
    },
    occupancy: () => occupancy,
    forget() {
      for (const member of members.values()) void member.close();
      members = new Map();
      logs.clear();
    },
    close() {
      closed ??= Promise.all([...members.values()].map((member) => member.close())).then(() => {});
      return closed;
    },
  };
}
