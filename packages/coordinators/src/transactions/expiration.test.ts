// Many ids that expire at once: in turns, so that others are served in between. What expires at all is in testdata/expiration.txt.
import { expect, it } from "vitest";
import { transactionEvent } from "./state.js";
import { bench } from "./testing/bench.js";
import { testConfig } from "./testing/test-config.js";
import { created } from "./transaction.js";

it("forgets ids in turns of at most a thousand", () => {
  const machine = bench();
  machine.restart();
  for (let id = 0; id < 2_500; id++) machine.put(transactionEvent(`idle-${id}`, created(id, 60_000, machine.now())));
  const turns = machine.pass(testConfig.transactionalIdExpirationMs).map(({ outcome }) => outcome.events.length);
  expect(turns.filter((count) => count > 0)).toEqual([1_000, 1_000, 500]);
  expect(machine.state().transactions.size).toBe(0);
});
