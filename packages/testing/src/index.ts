export { type BrokerInTest, type StartOptions, startBroker } from "./start-broker.js";
