export type { LogFields, Logger } from "./logger.js";
export { type BrokerOptions, type RunningBroker, startBroker } from "./start-broker.js";
