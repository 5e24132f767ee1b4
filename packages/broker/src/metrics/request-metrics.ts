// What requests cost, by API: how many, how long, how many bytes each way.
import type { Api } from "@moldau/protocol";
import type { Counter, Histogram, MetricsRegistry } from "./registry.js";

export interface RequestMetrics {
  /** `durationMs`: from the whole request to its response, waiting included. */
  answered(api: Api, requestBytes: number, response: readonly Uint8Array[] | undefined, durationMs: number): void;
}

interface ApiMetrics {
  readonly requests: Counter;
  readonly latency: Histogram;
  readonly bytesIn: Counter;
  readonly bytesOut: Counter;
}

const MS_PER_SECOND = 1_000;

export function requestMetrics(registry: MetricsRegistry): RequestMetrics {
  const byKey = new Map<number, ApiMetrics>();

  const metricsOf = (api: Api): ApiMetrics => {
    const known = byKey.get(api.key);
    if (known) return known;
    const labels = { api: api.name };
    const fresh: ApiMetrics = {
      requests: registry.counter("moldau_requests_total", "Requests answered.", labels),
      latency: registry.histogram("moldau_request_seconds", "Time from request to response, waiting included.", labels),
      bytesIn: registry.counter("moldau_request_bytes_total", "Bytes of requests.", labels),
      bytesOut: registry.counter("moldau_response_bytes_total", "Bytes of responses.", labels),
    };
    byKey.set(api.key, fresh);
    return fresh;
  };

  return {
    answered(api, requestBytes, response, durationMs) {
      const metrics = metricsOf(api);
      metrics.requests.add(1);
      metrics.latency.observe(durationMs / MS_PER_SECOND);
      metrics.bytesIn.add(requestBytes);
      let bytes = 0;
      for (const part of response ?? []) bytes += part.length;
      metrics.bytesOut.add(bytes);
    },
  };
}
