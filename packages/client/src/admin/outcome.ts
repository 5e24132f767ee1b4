// What becomes of several things asked for at once: each is done, or has its own reason why not.
import type { ClientError } from "../errors.js";

/** One of the things asked for. */
export type Outcome<Item, Value> =
  | { readonly item: Item; readonly value: Value; readonly error?: undefined }
  | { readonly item: Item; readonly error: ClientError };

/**
 * A promise of all values, in the order in which they were asked for; it rejects with the first error there is, after everything has been
 * tried. `outcomes()` tells of each item instead, and rejects only when nothing can be said of any.
 */
export interface PerItem<Item, Value> extends Promise<readonly Value[]> {
  outcomes(): Promise<readonly Outcome<Item, Value>[]>;
}

export const done = <Item, Value>(item: Item, value: Value): Outcome<Item, Value> => ({ item, value });
export const failed = <Item>(item: Item, error: ClientError): Outcome<Item, never> => ({ item, error });

/** An item's value, or the error that a broker's code stands for. */
export const outcome = <Item, Value>(item: Item, error: ClientError | undefined, value: () => Value): Outcome<Item, Value> =>
  error ? failed(item, error) : done(item, value());

export function perItem<Item, Value>(settled: Promise<readonly Outcome<Item, Value>[]>): PerItem<Item, Value> {
  const values = settled.then((outcomes) =>
    outcomes.map((one) => {
      if (one.error) throw one.error;
      return one.value;
    }),
  );
  const outcomes = () => {
    // Whoever asks for outcomes does not look at this promise any more.
    values.catch(() => {});
    return settled;
  };
  return Object.assign(values, { outcomes });
}
