// Random things to ask of transactions: by few producers, so that they get in each other's way, with what they know or knew of themselves.
import fc from "fast-check";

export type Act =
  | { readonly kind: "init"; readonly id: string; readonly who: number | undefined; readonly timeoutMs: number }
  | {
      readonly kind: "add";
      readonly id: string;
      readonly who: number;
      readonly topic: string;
      readonly partition: number;
      readonly v2: boolean;
    }
  | { readonly kind: "offsets"; readonly id: string; readonly who: number }
  | { readonly kind: "end"; readonly id: string; readonly who: number; readonly commit: boolean; readonly v2: boolean }
  /** Those that were asked for first are written. */
  | { readonly kind: "markers" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" };

const id = fc.constantFrom("a", "b");
/** Counted from the newest producer of that id: 0 is the one that is right if any is. */
const who = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(4) });
const v2 = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });

export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("init" as const),
      id,
      who: fc.option(who, { nil: undefined }),
      timeoutMs: fc.constantFrom(1_000, 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      id,
      who,
      topic: fc.constantFrom("t", "u"),
      partition: fc.nat(3),
      v2,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("offsets" as const), id, who }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("end" as const), id, who, commit: fc.boolean(), v2 }) },
  { weight: 4, arbitrary: fc.constant({ kind: "markers" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(0, 500, 1_000, 60_000) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
);
