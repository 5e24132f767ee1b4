// Which key a record has: drawn at random, but the same each time, so that a reader knows what must be there.
#pragma once
#include "options.h"

/// The key of the record with this sequence, 0 … keys-1.
uint64_t key_of(const struct options *o, int64_t sequence);
