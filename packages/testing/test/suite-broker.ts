// The broker that a suite of the client talks to: one in this process, or the one that MOLDAU_TEST_BOOTSTRAP names.
import { type BrokerInTest, startBroker } from "@moldau/testing";
import { afterAll, beforeAll } from "vitest";

export interface SuiteBroker {
  bootstrap(): string;
  /** Not used before, also on a broker that outlives the suite. */
  topicName(name: string): string;
}

const OTHER = process.env.MOLDAU_TEST_BOOTSTRAP;

/** `properties` are those of the broker in this process. */
export function suiteBroker(properties: Readonly<Record<string, string>> = {}): SuiteBroker {
  let own: BrokerInTest | undefined;
  let names = 0;
  const run = Date.now().toString(36);
  beforeAll(async () => {
    if (!OTHER) own = await startBroker({ properties });
  });
  afterAll(() => own?.stop());
  return {
    bootstrap: () => OTHER ?? own?.bootstrap ?? "",
    topicName: (name) => `${name}-${run}-${process.pid}-${++names}`,
  };
}
