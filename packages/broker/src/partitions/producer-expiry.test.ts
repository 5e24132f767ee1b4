import { expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { manualTime } from "../testing/manual-time.js";
import { batchOf, createTopic, nameOf, produce } from "../testing/topics.js";

const start = brokersOfTests();

it("forgets producers that are silent for producer.id.expiration.ms, though nobody asks", async () => {
  const time = manualTime();
  const broker = await start({ clock: time.clock, timers: time.timers, properties: { "producer.id.expiration.ms": "60000" } });
  const client = broker.connect();
  await createTopic(client, "t");
  const write = async (baseSequence: number) =>
    nameOf((await produce(client, "t", batchOf(["a"], { producerId: 7, producerEpoch: 0, baseSequence }))).errorCode);
  expect(await write(0)).toBe("NONE");
  await time.advance(59_000);
  expect(await write(40)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  await time.advance(62_000);
  // Whoever is not known may begin with any sequence.
  expect(await write(40)).toBe("NONE");
});
