// The command line of all subcommands: `--name value` pairs, each checked.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verify { VERIFY_OFFSETS, VERIFY_FULL, VERIFY_SET, VERIFY_COMMITTED };

#define MAX_PROPERTIES 32

struct property {
  const char *name;
  const char *value;
};

struct options {
  const char *broker;      // host:port
  const char *topic;
  int partitions;          // the load uses partitions 0 … partitions-1
  size_t record_bytes;     // value size; records have no headers
  int64_t keys;            // produce, table: keys of 8 bytes are drawn from so many; 0: records have no key
  int64_t seed;            // by which they are drawn
  int64_t records;         // how many records in all; 0: bounded by seconds
  int64_t first_sequence;  // produce: the partition's records before these, by an earlier run
  double seconds;          // how long; 0: bounded by records
  double warmup_seconds;   // latency: leading seconds that are sent but not counted
  double rate;             // latency, probe: records per second
  int64_t per_transaction; // transactions: records in each
  double pause_ms;         // transactions: how long to do nothing after each
  int linger_ms;           // producers: how long a batch may wait for more records
  bool from_end;           // consume: start at the end of the log as it is now
  int64_t newest_records;  // consume: start this many records before the end (one partition)
  enum verify verify;
  double timeout_seconds;  // the whole command gives up after this
  int property_count;      // librdkafka properties given by --set, applied last
  struct property properties[MAX_PROPERTIES];
};

/// Parses argv[2…]. Prints what is wrong and exits with 2 on any mistake.
struct options parse_options(int argc, char **argv);
