// The features that clients and tools look for (KIP-584). Those that belong to what is not served yet are not named.

export interface Feature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The level in force. */
  readonly level: number;
}

export const supportedFeatures: readonly Feature[] = [
  // Consumer groups of KIP-848.
  { name: "group.version", min: 0, max: 1, level: 1 },
  // Kafka's levels that ours corresponds to: 4.3 and what it can be read as.
  { name: "metadata.version", min: 7, max: 30, level: 30 },
];
