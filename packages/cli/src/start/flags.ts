// The flags of `moldau start`: one list, from which the command line, the variables, the config file and the help are read.

export interface Flag {
  readonly name: string;
  /** What its value looks like, for the help. */
  readonly value: string;
  readonly doc: string;
  /** May be given several times. */
  readonly repeatable?: true;
}

export const START_FLAGS = [
  { name: "listen", value: "HOST:PORT", doc: "where Kafka clients connect (default 127.0.0.1:9092)" },
  { name: "advertise", value: "HOST:PORT", doc: "the address that clients are told to use (default: the one listened on)" },
  { name: "data", value: "DIR", doc: "the data directory (default ./data)" },
  { name: "node-id", value: "N", doc: "the broker's number in the cluster (default 1)" },
  { name: "rack", value: "R", doc: "where the broker stands, so that clients can read nearby" },
  { name: "config", value: "FILE", doc: "a Kafka server.properties, which may have these flags too, by name" },
  { name: "set", value: "NAME=VALUE", doc: "a Kafka broker config, e.g. num.partitions=3; may be repeated", repeatable: true },
  { name: "http", value: "HOST:PORT", doc: 'where /metrics and /health are, or "off" (default 127.0.0.1:9644, if free)' },
  { name: "log-format", value: "FORMAT", doc: "json or pretty (default: pretty on a terminal)" },
  { name: "log-level", value: "LEVEL", doc: "debug, info, warn or error (default info)" },
  { name: "workers", value: "N", doc: "how many brokers run in this process (only 1 so far)" },
  { name: "catalog", value: "URL", doc: "the cluster's catalog, postgres://… (not there yet)" },
  { name: "blobs", value: "URL", doc: "where segments go, s3://… (not there yet)" },
] as const satisfies readonly Flag[];

export type FlagName = (typeof START_FLAGS)[number]["name"];

/** The variable of a flag: --node-id is MOLDAU_NODE_ID. */
export const variableOf = (name: FlagName): string => `MOLDAU_${name.toUpperCase().replaceAll("-", "_")}`;

export const isFlagName = (name: string): name is FlagName => START_FLAGS.some((flag) => flag.name === name);
