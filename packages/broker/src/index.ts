export type { BrokerOptions } from "./broker-options.js";
export type { LogFields, Logger } from "./logger.js";
export { type RunningBroker, startBroker } from "./start-broker.js";
