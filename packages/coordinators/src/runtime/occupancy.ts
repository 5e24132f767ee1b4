// What all coordinators of a broker hold together, and how much that may be.

export interface Occupancy {
  /** Commands whose answers are outstanding. */
  waiting: number;
  /** Bytes of records that are decided and not durable yet. */
  pendingBytes: number;
}

export interface CoordinatorLimits {
  readonly waiting: number;
  readonly pendingBytes: number;
}

export const DEFAULT_LIMITS: CoordinatorLimits = { waiting: 200_000, pendingBytes: 64 * 1024 * 1024 };

export const isFull = (occupancy: Occupancy, limits: CoordinatorLimits): boolean =>
  occupancy.waiting >= limits.waiting || occupancy.pendingBytes >= limits.pendingBytes;
