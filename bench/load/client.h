// librdkafka handles with the settings every measurement uses. See bench/README.md for why each is what it is.
#pragma once
#include "options.h"
#include <librdkafka/rdkafka.h>

/// Prints "load: …" on stderr and exits with 1: a measurement that went wrong has no result.
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

typedef void delivery_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

rd_kafka_t *new_producer(const struct options *o, delivery_report *on_delivery, void *opaque);
/// The same with a transactional id that nobody else uses; ready to begin a transaction.
rd_kafka_t *new_transactional_producer(const struct options *o, delivery_report *on_delivery, void *opaque);
rd_kafka_t *new_consumer(const struct options *o);
rd_kafka_topic_t *open_topic(rd_kafka_t *rk, const char *topic);

/// Asks for the topic's metadata, so that connecting and finding the leader is not measured; fails unless all partitions have a leader.
void connect_to_leaders(rd_kafka_t *rk, rd_kafka_topic_t *topic, const struct options *o);

/// Requests sent so far with this API key (0 Produce, 1 Fetch), by all clients of this process.
int64_t requests_sent(int api_key);
