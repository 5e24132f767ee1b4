// Brokers that are started for tests, and are stopped when those are done. Each must have kept its invariants.
import { afterAll, afterEach, expect } from "vitest";
import { type TestBroker, type TestBrokerOptions, testBroker } from "./test-broker.js";
import type { TestClient } from "./test-client.js";

/** One broker, and a client of it, for all tests of the file that awaits it. */
export async function brokerOfFile(options?: TestBrokerOptions): Promise<{ readonly broker: TestBroker; readonly client: TestClient }> {
  const broker = await testBroker(options);
  afterAll(() => stopSound(broker));
  return { broker, client: broker.connect() };
}

/** Starts brokers in a test; they are stopped after it. What a test asks for goes before `defaults`. */
export function brokersOfTests(defaults?: TestBrokerOptions): (options?: TestBrokerOptions) => Promise<TestBroker> {
  const started: TestBroker[] = [];
  afterEach(async () => {
    for (const broker of started.splice(0)) await stopSound(broker);
  });
  return async (options) => {
    const broker = await testBroker({ ...defaults, ...options });
    started.push(broker);
    return broker;
  };
}

async function stopSound(broker: TestBroker): Promise<void> {
  await broker.stop();
  expect(broker.fatal).toEqual([]);
}
