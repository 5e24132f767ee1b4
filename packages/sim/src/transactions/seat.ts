// A transactional id and the lives that have it, one after another. A life ends well, or crashes; or it only seems dead, and goes on
// with its old epoch while its successor works: a zombie.
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";

/** Ends a life in the middle of what it does. */
export class LifeOver extends Error {
  override readonly name = "LifeOver";
}

/** Made once: an error's stack is costly. */
export const CRASHED = new LifeOver("crashed");
export const FENCED = new LifeOver("fenced");

export interface Life {
  readonly number: number;
  /** Between any two things that a life does: it may rest for long, or end. */
  step(): Promise<void>;
  /** Whether to begin nothing new. */
  finishing(): boolean;
  /** The next one has begun to take over; undefined: none has. */
  succeededMs(): number | undefined;
  /** The next one has been told that it has taken over: what is sent from then on must be refused. */
  fencedMs(): number | undefined;
  /** It asks for its producer id; and has it. */
  takesOver(): void;
  hasTakenOver(): void;
}

export interface SeatOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  /** About how long a life is, and how long a transaction may be. */
  readonly lifeMs: number;
  readonly timeoutMs: number;
  readonly isCalm: () => boolean;
  readonly failed: () => boolean;
  readonly guard: (doings: Promise<unknown>) => void;
  /** One life's work. Resolves with whether all is done; rejects with LifeOver when it was ended. */
  readonly work: (life: Life) => Promise<"done" | "more">;
  /** Whether somebody comes in peace to do what is left of a crashed life. */
  readonly endures: boolean;
}

const CRASH_SHARE = 0.4;
const ZOMBIE_SHARE = 0.35;

export async function occupy(options: SeatOptions): Promise<void> {
  const { time, random, timeoutMs, isCalm, failed, guard, work, endures } = options;
  let newest: Takeover = { asked: undefined, done: undefined };
  for (let number = 1; !failed(); number++) {
    const [mine, before] = [{ asked: undefined, done: undefined } as Takeover, newest];
    newest = mine;
    const { life, released } = liveOne(options, number, before, mine);
    let done = false;
    const living = work(life).then(
      (outcome) => {
        done = outcome === "done";
      },
      (error: unknown) => {
        if (!(error instanceof LifeOver)) throw error;
      },
    );
    guard(living);
    await Promise.race([living.catch(() => {}), released]);
    if (done || (isCalm() && !endures)) return;
    await time.pause(random.int(0, Math.ceil(timeoutMs / 4)));
  }
}

/** When the successor asked, and when it had its answer. */
interface Takeover {
  asked: number | undefined;
  done: number | undefined;
}

/** `before` is what its predecessor waits for, `mine` what its successor will tell it. */
function liveOne(options: SeatOptions, number: number, before: Takeover, mine: Takeover): { life: Life; released: Promise<void> } {
  const { time, random, lifeMs, timeoutMs, isCalm } = options;
  const endMs = time.nowMs() + random.float() * 2 * lifeMs;
  const how = random.chance(CRASH_SHARE) ? "crash" : random.chance(ZOMBIE_SHARE / (1 - CRASH_SHARE)) ? "zombie" : "leave";
  let isZombie = false;
  /** Until then it would be its successor that is fenced, were it to come back. */
  let hasEpoch = false;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const isDue = () => !isCalm() && !isZombie && time.nowMs() >= endMs;
  const life: Life = {
    number,
    async step() {
      if (isDue() && how === "crash" && random.chance(0.5)) throw CRASHED;
      if (!hasEpoch) return;
      if (isDue() && how === "zombie" && random.chance(0.5)) {
        isZombie = true;
        release();
        await time.pause(random.float() * 1.5 * timeoutMs);
      } else if (!isCalm() && random.chance(0.002)) await time.pause(timeoutMs * (1 + random.float() / 2));
    },
    finishing: () => isZombie || (isDue() && how === "leave"),
    succeededMs: () => mine.asked,
    fencedMs: () => mine.done,
    takesOver() {
      before.asked ??= time.nowMs();
    },
    hasTakenOver() {
      before.done ??= time.nowMs();
      hasEpoch = true;
    },
  };
  return { life, released };
}
