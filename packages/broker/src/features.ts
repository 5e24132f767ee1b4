// The features that clients and tools look for (KIP-584). Those that belong to what is not served yet are not named.

export interface Feature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The level in force. */
  readonly level: number;
}

/** Each transaction has an epoch of its own, and partitions become part of it by being written to (KIP-890). */
export const TRANSACTION_VERSION = 2 as const;

export const supportedFeatures: readonly Feature[] = [
  // Consumer groups of KIP-848.
  { name: "group.version", min: 0, max: 1, level: 1 },
  // Kafka's levels that ours corresponds to: 4.3 and what it can be read as.
  { name: "metadata.version", min: 7, max: 30, level: 30 },
  { name: "transaction.version", min: 0, max: 2, level: TRANSACTION_VERSION },
];
