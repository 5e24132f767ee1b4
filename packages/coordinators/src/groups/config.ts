// The settings that groups depend on, under Kafka's names in camel case.

export type MigrationPolicy = "disabled" | "upgrade" | "downgrade" | "bidirectional";

export interface GroupsConfig {
  // Classic groups
  readonly groupMinSessionTimeoutMs: number;
  readonly groupMaxSessionTimeoutMs: number;
  readonly groupInitialRebalanceDelayMs: number;
  readonly groupMaxSize: number;
  // Consumer groups (KIP-848); the first three can be set for a group
  readonly consumerSessionTimeoutMs: number;
  readonly consumerHeartbeatIntervalMs: number;
  /** The least time between two assignments of a group. */
  readonly consumerAssignmentIntervalMs: number;
  readonly groupConsumerMaxSize: number;
  /** Names of server-side assignors; the first is the default. */
  readonly groupConsumerAssignors: readonly string[];
  readonly groupConsumerMigrationPolicy: MigrationPolicy;
  /** How old a resolved regular expression may grow before it is resolved again. */
  readonly groupConsumerRegexRefreshIntervalMs: number;
  // Offsets
  readonly offsetMetadataMaxBytes: number;
  readonly offsetsRetentionMs: number;
  readonly offsetsRetentionCheckIntervalMs: number;
}
