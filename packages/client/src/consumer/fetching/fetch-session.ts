// A fetch session as the client keeps it (KIP-227): broker and client both remember what is fetched, and requests say what has changed.
//
// Epoch 0 asks for a new session in the place of the one named, and says everything. After a lost answer nobody knows what the broker
// remembers, so it begins anew.

/** What is asked of one partition. */
export interface Wanted {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly currentLeaderEpoch: number;
  readonly partitionMaxBytes: number;
}

export interface SessionQuestion {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  readonly wanted: readonly Wanted[];
  readonly forgotten: readonly Wanted[];
}

export interface FetchSession {
  /** What to send so that the broker fetches exactly these, by key. */
  ask(wanted: ReadonlyMap<string, Wanted>): SessionQuestion;
  /** The last question was answered well; 0: the broker keeps no session for us. */
  answered(sessionId: number): void;
  /** The broker does not know the session, or not surely what we know of it. */
  restart(): void;
}

const EPOCH_MAX = 2 ** 31 - 1;

export function fetchSession(): FetchSession {
  let sessionId = 0;
  let epoch = 0;
  let remembered: ReadonlyMap<string, Wanted> = new Map();

  return {
    ask(wanted) {
      const before = epoch === 0 ? new Map<string, Wanted>() : remembered;
      remembered = new Map(wanted);
      const isNews = ([key, one]: [string, Wanted]) => !isSame(before.get(key), one);
      const isGone = ([key, one]: [string, Wanted]) => wanted.get(key)?.topicId !== one.topicId;
      return {
        sessionId,
        sessionEpoch: epoch,
        wanted: [...wanted].filter(isNews).map(([, one]) => one),
        forgotten: [...before].filter(isGone).map(([, one]) => one),
      };
    },
    answered(id) {
      sessionId = id;
      if (id === 0) epoch = 0;
      else epoch = epoch === EPOCH_MAX ? 1 : epoch + 1;
    },
    restart() {
      epoch = 0;
    },
  };
}

const isSame = (one: Wanted | undefined, other: Wanted): boolean =>
  one !== undefined &&
  one.topicId === other.topicId &&
  one.fetchOffset === other.fetchOffset &&
  one.currentLeaderEpoch === other.currentLeaderEpoch &&
  one.partitionMaxBytes === other.partitionMaxBytes;
