// Monotonic time in nanoseconds: the same clock as Node's process.hrtime, so that both sides' stamps can be compared.
#pragma once
#include <stdint.h>

int64_t now_ns(void);

/// Returns as close after `deadline_ns` as the machine allows: sleeps up to the last 60 µs, then spins.
void sleep_until(int64_t deadline_ns);

/// CPU seconds (user + system) this process has used so far.
double own_cpu_seconds(void);
