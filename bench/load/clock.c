// Monotonic time and precise sleeping.
#include "clock.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#define SPIN_NS 60000

int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void sleep_until(int64_t deadline_ns) {
  static _Thread_local int precise;
  if (!precise) {
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); // the default lets a wake-up come 50 µs late
    precise = 1;
  }
  int64_t wake = deadline_ns - SPIN_NS;
  if (now_ns() < wake) {
    struct timespec t = {.tv_sec = wake / 1000000000, .tv_nsec = wake % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
  }
  while (now_ns() < deadline_ns) {
  }
}

double own_cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}
