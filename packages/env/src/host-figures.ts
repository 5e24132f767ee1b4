// How the process fares: for metrics.
import { monitorEventLoopDelay } from "node:perf_hooks";

export interface HostFigures {
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly cpuSeconds: number;
  /** How late the event loop came to its work since the last reading: 99th percentile and worst. */
  readonly loopDelayP99Seconds: number;
  readonly loopDelayMaxSeconds: number;
}

const RESOLUTION_MS = 10;
const NS_PER_SECOND = 1e9;
const US_PER_SECOND = 1e6;

/** Figures of this process. Watching the event loop begins with the first reading, for it wakes the process all the time. */
export function nodeHostFigures(): () => HostFigures {
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  return () => {
    if (!delay) {
      delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      delay.enable();
    }
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const late = (ns: number) => (Number.isFinite(ns) ? Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1_000) : 0);
    const figures = {
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      cpuSeconds: (user + system) / US_PER_SECOND,
      loopDelayP99Seconds: late(delay.percentile(99)),
      loopDelayMaxSeconds: late(delay.max),
    };
    delay.reset();
    return figures;
  };
}
