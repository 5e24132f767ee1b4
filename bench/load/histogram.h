// A histogram of durations, at most 1.6 % too high: 64 linear steps within each power of two.
#pragma once
#include <stdint.h>

#define HISTOGRAM_BUCKETS (64 * 59)

struct histogram {
  int64_t count;
  int64_t largest_ns;
  double sum_ns;
  int64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, int64_t ns);

/// The smallest duration that at least this share (0…1) of all does not exceed: at most 1.6 % too high.
int64_t histogram_quantile(const struct histogram *h, double share);

/// Prints {"count":…,"mean":…,"p50":…,…,"max":…} in milliseconds.
void histogram_print(const struct histogram *h);
