// What a broker is started with, ours and the oracle alike: groups that settle and notice deaths in a second or two, where the defaults
// would take up to a minute, and answer the same each time, where the defaults assign in the background.
export const settings = {
  // compacted topics are looked at soon
  "log.cleaner.backoff.ms": 200,
  "group.initial.rebalance.delay.ms": 0,
  "group.min.session.timeout.ms": 1_000,
  "group.consumer.assignment.interval.ms": 0,
  "group.consumer.min.heartbeat.interval.ms": 100,
  "group.consumer.heartbeat.interval.ms": 200,
  "group.consumer.min.session.timeout.ms": 1_000,
};
