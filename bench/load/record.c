// The value of a record: writing, reading, checking.
#include "record.h"
#include <string.h>

_Static_assert(sizeof(struct record) == RECORD_HEADER_BYTES, "the header is the struct");

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

// Four lanes, since one would wait for its own multiplication at every word.
static uint64_t body_hash_of(const char *body, size_t bytes) {
  uint64_t lane[4] = {1, 2, 3, 4};
  size_t at = 0;
  for (; at + 32 <= bytes; at += 32) {
    uint64_t word[4];
    memcpy(word, body + at, 32);
    for (int i = 0; i < 4; i++) lane[i] = mix(lane[i], word[i]);
  }
  for (; at < bytes; at++) lane[0] = mix(lane[0], (uint8_t)body[at]);
  return mix(mix(mix(lane[0], lane[1]), lane[2]), lane[3]);
}

static uint64_t checksum_of(const struct record *r, uint64_t body_hash) {
  uint64_t hash = mix(body_hash, r->sequence);
  hash = mix(hash, ((uint64_t)r->partition << 32) | r->bytes);
  return mix(hash, (uint64_t)r->scheduled_ns);
}

uint64_t record_fill(char *value, size_t bytes, uint64_t seed) {
  uint64_t state = mix(seed, 0x5bd1e995) | 1;
  for (size_t at = RECORD_HEADER_BYTES; at < bytes; at++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    value[at] = (char)state;
  }
  return body_hash_of(value + RECORD_HEADER_BYTES, bytes - RECORD_HEADER_BYTES);
}

void record_write(char *value, size_t bytes, uint64_t body_hash, uint64_t sequence, uint32_t partition, int64_t scheduled_ns) {
  struct record r = {.sequence = sequence, .partition = partition, .bytes = (uint32_t)bytes, .scheduled_ns = scheduled_ns};
  r.checksum = checksum_of(&r, body_hash);
  memcpy(value, &r, sizeof r);
}

bool record_read(const char *value, size_t bytes, struct record *out) {
  if (bytes < sizeof *out) return false;
  memcpy(out, value, sizeof *out);
  return out->bytes == bytes;
}

bool record_intact(const char *value, const struct record *header) {
  uint64_t body_hash = body_hash_of(value + RECORD_HEADER_BYTES, header->bytes - RECORD_HEADER_BYTES);
  return header->checksum == checksum_of(header, body_hash);
}
