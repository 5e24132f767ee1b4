// DescribeLogDirs (35): how much each replica takes in a broker's log directories (KIP-113).
// Sizes of the volumes since v4 (KIP-827). Those may pass 2^53: some network file systems claim 2^63 bytes.
import { api, array, bigint64, bool, int16, int32, int64, nullable, string } from "../declaration.js";

export const DescribeLogDirs = api({
  key: 35,
  name: "DescribeLogDirs",
  versions: "1-5",
  flexible: "2+",
  request: {
    topics: nullable(array({ topic: string(), partitions: array(int32()) })),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16("3+", { ignorable: true }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({ partitionIndex: int32(), partitionSize: int64(), offsetLag: int64(), isFutureKey: bool() }),
      }),
      totalBytes: bigint64("4+", { default: -1n, ignorable: true }),
      usableBytes: bigint64("4+", { default: -1n, ignorable: true }),
      isCordoned: bool("5+", { default: false, ignorable: true }),
    }),
  },
});
