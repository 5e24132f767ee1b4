// The subcommands. Each prints its result as JSON on stdout and returns the exit status.
#pragma once
#include "options.h"

int produce(const struct options *o);
int consume(const struct options *o);
int latency(const struct options *o);
int probe(const struct options *o);
int transactions(const struct options *o);
int table(const struct options *o);
int create_topic(const struct options *o);
