// load: the client side of the benchmarks. One subcommand per kind of load; JSON on stdout; see bench/README.md.
#include "commands.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
  const char *name;
  int (*run)(const struct options *);
  const char *purpose;
} commands[] = {
    {"topic", create_topic, "create --topic with --partitions and wait until every partition has a leader"},
    {"produce", produce, "--records or --seconds of records as fast as they are acknowledged"},
    {"consume", consume, "read --topic up to its present end, or --from end until --records came"},
    {"latency", latency, "send at --rate for --seconds or until SIGTERM, measure from due time to acknowledgement"},
    {"transactions", transactions, "--records in transactions of --per-transaction, one after the other"},
    {"table", table, "read what compaction left of --records with --keys, check that every key has its newest record"},
    {"probe", probe, "send at --rate until SIGTERM, print every acknowledgement's time"},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
    if (strcmp(argv[1], commands[i].name)) continue;
    struct options o = parse_options(argc, argv);
    int status = commands[i].run(&o);
    fflush(stdout);
    _exit(status); // tearing a client down takes long with thousands of partitions, and measures nothing
  }
  fprintf(stderr, "usage: load COMMAND --broker HOST:PORT --topic NAME [--option value]...\n");
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) fprintf(stderr, "  %-12s %s\n", commands[i].name, commands[i].purpose);
  return 2;
}
