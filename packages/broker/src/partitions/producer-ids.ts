// Producer ids: unique in the cluster for ever. Blocks of them are taken from the cluster log, so that most are given without a write;
// a crash loses the rest of a block, which costs nothing but numbers (KIP-730).
import type { Metadata } from "@moldau/metadata";

export const PRODUCER_ID_BLOCK = 1_000;

export interface ProducerIds {
  next(): Promise<number>;
  /** One at once, or undefined while none is at hand; more are on their way then. */
  atHand(): number | undefined;
  /** Resolves when one is at hand: at once, mostly. */
  stocked(): Promise<void>;
}

export function producerIds(metadata: Metadata): ProducerIds {
  let free = 0;
  let end = 0;
  let taking: Promise<void> | undefined;

  const takeBlock = async () => {
    const first = await metadata.propose((image) => ({
      events: [{ type: "ProducerIdsAllocated", next: image.nextProducerId + PRODUCER_ID_BLOCK }],
      result: image.nextProducerId,
    }));
    free = first;
    end = first + PRODUCER_ID_BLOCK;
  };

  const take = () => {
    taking ??= takeBlock().finally(() => {
      taking = undefined;
    });
    return taking;
  };
  const stocked = async () => {
    while (free === end) await take();
  };

  return {
    async next() {
      await stocked();
      return free++;
    },
    atHand() {
      if (free < end) return free++;
      // Who asks for the next one waits for this, or hears of what it fails of.
      take().catch(() => {});
      return undefined;
    },
    stocked,
  };
}
