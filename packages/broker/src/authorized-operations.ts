// The operations that a client may do on a resource, as a set of bits (KIP-430). Without an authorizer: all that exist.

const bit = (operation: number) => 1 << operation;

const READ = 3;
const WRITE = 4;
const CREATE = 5;
const DELETE = 6;
const ALTER = 7;
const DESCRIBE = 8;
const CLUSTER_ACTION = 9;
const DESCRIBE_CONFIGS = 10;
const ALTER_CONFIGS = 11;
const IDEMPOTENT_WRITE = 12;

const set = (...operations: readonly number[]) => operations.reduce((bits, operation) => bits | bit(operation), 0);

export const TOPIC_OPERATIONS = set(READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
export const CLUSTER_OPERATIONS = set(CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE);
export const GROUP_OPERATIONS = set(READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS);

/** "Nobody asked." */
export const OPERATIONS_NOT_ASKED = -(2 ** 31);
