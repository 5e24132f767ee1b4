// What goes: a log's extents and the batches behind them in the journal are looked at from the oldest on, and each goes whole or stays
// whole, as segments do in Kafka. The first that stays ends it.
//
//   goes = wholly below the limit, and (newest timestamp before the horizon, or the log is large enough without it)

/** What a partition is to keep. What is absent does not count. */
export interface RetentionRule {
  /** Goes when its newest timestamp is before this; one without any timestamp (-1) does not go by time. */
  readonly olderThanMs?: number;
  /** Goes as long as that many bytes stay. */
  readonly keepBytes?: number;
  /** Nothing goes that reaches this offset. */
  readonly below?: number;
}

/** An extent, or a batch in the journal. */
export interface Piece {
  readonly lastOffset: number;
  readonly lengthBytes: number;
  readonly maxTimestamp: number;
  /** Zero where compaction has left none: such a piece holds nothing up. Unknown of batches in the journal, which have some. */
  readonly recordCount?: number;
}

/**
 * Asked for one piece after the other, from the oldest of a log that has `sizeBytes` on: whether it goes. Not to be asked again once
 * one stays.
 */
export function retentionOf({ olderThanMs, keepBytes, below }: RetentionRule, sizeBytes: number): (piece: Piece) => boolean {
  let leftBytes = sizeBytes;
  return ({ lastOffset, lengthBytes, maxTimestamp, recordCount }) => {
    if (below !== undefined && lastOffset >= below) return false;
    const old = olderThanMs !== undefined && (recordCount === 0 || (maxTimestamp >= 0 && maxTimestamp < olderThanMs));
    const enough = keepBytes !== undefined && leftBytes - lengthBytes >= keepBytes;
    if (!old && !enough) return false;
    leftBytes -= lengthBytes;
    return true;
  };
}
