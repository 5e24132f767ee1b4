// Transactions ended from outside: those that hang, and those whose producer is to be shut out.
import { type ClientFlags, wholeNumber } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { withClient } from "../client/with-client.js";
import { CommandFailed } from "../exit.js";
import type { CommandIo } from "../io.js";

export interface AbortFlags extends ClientFlags {
  readonly topic: string;
  readonly partition: string;
  readonly startOffset: string;
}

export async function abort(io: CommandIo, flags: AbortFlags): Promise<void> {
  const { topic } = flags;
  const partition = wholeNumber(flags.partition, "--partition");
  const startOffset = wholeNumber(flags.startOffset, "--start-offset");
  await withClient(io, flags, async (client) => {
    const { transactions } = client.admin();
    const [found] = await transactions.producers([{ topic, partition }]);
    const producer = found?.producers.find(({ transactionStartOffset }) => transactionStartOffset === startOffset);
    if (!producer) {
      throw new CommandFailed(
        `No transaction that is open in ${topic}-${partition} begins at offset ${startOffset}: "moldau transaction hanging" shows those that hang.`,
      );
    }
    const { producerId, producerEpoch } = producer;
    // A producer that has never ended a transaction here has no coordinator epoch yet.
    const coordinatorEpoch = Math.max(producer.coordinatorEpoch, 0);
    await transactions.abort([{ topic, partition, producerId, producerEpoch, coordinatorEpoch }]);
    await io.write(`the transaction of producer ${producerId} in ${topic}-${partition} was aborted\n`);
  });
}

export type FenceFlags = ClientFlags;

export async function fence(io: CommandIo, ids: readonly string[], flags: FenceFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const outcomes = await client.admin().transactions.fence(ids).outcomes();
    for (const { transactionalId, producerEpoch } of valuesOf(io, outcomes, flags.bootstrap, (id) => id)) {
      await io.write(`${transactionalId}: producers before epoch ${producerEpoch} are shut out\n`);
    }
  });
}
