// Keys are the sequence and the seed, mixed until no pattern is left (the steps are those of MurmurHash3's finalizer).
#include "key.h"

uint64_t key_of(const struct options *o, int64_t sequence) {
  uint64_t x = (uint64_t)sequence + (uint64_t)o->seed * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
  return (x ^ (x >> 33)) % (uint64_t)o->keys;
}
