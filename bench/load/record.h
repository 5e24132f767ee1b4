// What a record's value holds, so that a reader can tell whether it is whole, in place and counted once.
//
//   0           8            12        16              24          32
//   ┌───────────┬────────────┬─────────┬───────────────┬───────────┬──────────────┐
//   │ sequence  │ partition  │ bytes   │ scheduled ns  │ checksum  │ random body  │
//   └───────────┴────────────┴─────────┴───────────────┴───────────┴──────────────┘
//
// sequence counts from 0 within its partition: on a topic that one producer after another wrote, it equals the record's offset.
// scheduled ns is the monotonic time at which the record was due to be sent. The checksum covers all else. Host byte order.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HEADER_BYTES 32

struct record {
  uint64_t sequence;
  uint32_t partition;
  uint32_t bytes;
  int64_t scheduled_ns;
  uint64_t checksum;
};

/// Fills the body with random bytes; returns the body's hash, which record_write needs.
uint64_t record_fill(char *value, size_t bytes, uint64_t seed);

/// Writes the header before a body that record_fill made. Costs nothing like the body's hash: bodies are reused.
void record_write(char *value, size_t bytes, uint64_t body_hash, uint64_t sequence, uint32_t partition, int64_t scheduled_ns);

/// Reads the header; false if the value is too short or its own size does not match.
bool record_read(const char *value, size_t bytes, struct record *out);

/// Whether header and body are as they were written.
bool record_intact(const char *value, const struct record *header);
