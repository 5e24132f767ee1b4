// The command line of all subcommands.
#include "options.h"
#include "record.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const char *name, const char *value, const char *why) {
  fprintf(stderr, "load: %s %s: %s\n", name, value ? value : "", why);
  exit(2);
}

static double number(const char *name, const char *text, double least, double most) {
  char *end;
  errno = 0;
  double value = strtod(text, &end);
  if (errno || end == text || *end || value < least || value > most) refuse(name, text, "not a number in range");
  return value;
}

static enum verify verify_mode(const char *name, const char *text) {
  if (!strcmp(text, "offsets")) return VERIFY_OFFSETS;
  if (!strcmp(text, "full")) return VERIFY_FULL;
  if (!strcmp(text, "set")) return VERIFY_SET;
  if (!strcmp(text, "committed")) return VERIFY_COMMITTED;
  refuse(name, text, "must be offsets, full, set or committed");
  return VERIFY_OFFSETS;
}

static void property(struct options *o, const char *name, char *text) {
  char *equals = strchr(text, '=');
  if (!equals) refuse(name, text, "must be name=value");
  if (o->property_count == MAX_PROPERTIES) refuse(name, text, "too many");
  *equals = 0;
  o->properties[o->property_count++] = (struct property){.name = text, .value = equals + 1};
}

static void apply(struct options *o, const char *name, char *value) {
  if (!strcmp(name, "--broker")) o->broker = value;
  else if (!strcmp(name, "--topic")) o->topic = value;
  else if (!strcmp(name, "--partitions")) o->partitions = (int)number(name, value, 1, 1000000);
  else if (!strcmp(name, "--record-bytes")) o->record_bytes = (size_t)number(name, value, RECORD_HEADER_BYTES, 900000);
  else if (!strcmp(name, "--keys")) o->keys = (int64_t)number(name, value, 1, 1e9);
  else if (!strcmp(name, "--seed")) o->seed = (int64_t)number(name, value, 0, 1e9);
  else if (!strcmp(name, "--records")) o->records = (int64_t)number(name, value, 1, 1e12);
  else if (!strcmp(name, "--first-sequence")) o->first_sequence = (int64_t)number(name, value, 0, 1e12);
  else if (!strcmp(name, "--seconds")) o->seconds = number(name, value, 0, 86400);
  else if (!strcmp(name, "--warmup-seconds")) o->warmup_seconds = number(name, value, 0, 3600);
  else if (!strcmp(name, "--rate")) o->rate = number(name, value, 0.1, 1e6);
  else if (!strcmp(name, "--per-transaction")) o->per_transaction = (int64_t)number(name, value, 1, 1e6);
  else if (!strcmp(name, "--pause-ms")) o->pause_ms = number(name, value, 0, 60000);
  else if (!strcmp(name, "--linger-ms")) o->linger_ms = (int)number(name, value, 0, 900000);
  else if (!strcmp(name, "--from")) {
    if (strcmp(value, "beginning") && strcmp(value, "end")) refuse(name, value, "must be beginning or end");
    o->from_end = !strcmp(value, "end");
  } else if (!strcmp(name, "--newest-records")) o->newest_records = (int64_t)number(name, value, 1, 1e12);
  else if (!strcmp(name, "--verify")) o->verify = verify_mode(name, value);
  else if (!strcmp(name, "--timeout-seconds")) o->timeout_seconds = number(name, value, 1, 86400);
  else if (!strcmp(name, "--set")) property(o, name, value);
  else refuse(name, value, "no such option");
}

struct options parse_options(int argc, char **argv) {
  struct options o = {
      .partitions = 1, .record_bytes = 1024, .per_transaction = 1, .linger_ms = 5, .rate = 1000, .verify = VERIFY_OFFSETS, .timeout_seconds = 600};
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 == argc) refuse(argv[i], NULL, "needs a value");
    apply(&o, argv[i], argv[i + 1]);
  }
  if (!o.broker) refuse("--broker", NULL, "is needed");
  if (!o.topic) refuse("--topic", NULL, "is needed");
  return o;
}
