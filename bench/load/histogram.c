// A histogram of durations.
//
// Below 128 ns each value has its bucket; above, the top seven bits choose it:
// bucket = 64·(bits - 7) + (value >> (bits - 7)), where bits is the value's length.
#include "histogram.h"
#include <stdio.h>

static int bucket_of(uint64_t ns) {
  if (ns < 128) return (int)ns;
  int shift = 64 - __builtin_clzll(ns) - 7;
  return 64 * shift + (int)(ns >> shift);
}

static int64_t upper_bound(int bucket) {
  if (bucket < 128) return bucket;
  int shift = bucket / 64 - 1;
  return (((int64_t)(bucket - 64 * shift) + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, int64_t ns) {
  if (ns < 0) ns = 0;
  h->buckets[bucket_of((uint64_t)ns)]++;
  h->count++;
  h->sum_ns += (double)ns;
  if (ns > h->largest_ns) h->largest_ns = ns;
}

int64_t histogram_quantile(const struct histogram *h, double share) {
  int64_t seen = 0;
  for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += h->buckets[i];
    if (h->buckets[i] && (double)seen >= share * (double)h->count) return upper_bound(i) < h->largest_ns ? upper_bound(i) : h->largest_ns;
  }
  return h->largest_ns;
}

void histogram_print(const struct histogram *h) {
  printf("{\"count\":%ld,\"mean\":%.4f,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"p999\":%.4f,\"max\":%.4f}", h->count,
         h->count ? h->sum_ns / (double)h->count / 1e6 : 0, (double)histogram_quantile(h, 0.5) / 1e6, (double)histogram_quantile(h, 0.9) / 1e6,
         (double)histogram_quantile(h, 0.99) / 1e6, (double)histogram_quantile(h, 0.999) / 1e6, (double)h->largest_ns / 1e6);
}
