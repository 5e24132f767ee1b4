// transactions: records in transactions of a fixed size, one after the other, all committed, round-robin over the partitions.
//
// A closed loop: a transaction begins when the one before it is committed (and the pause is over), for that is how a producer works.
// What is measured is what the application waits for: from before the first record of a transaction to the end of the commit, and the
// commit alone. A broker that makes a producer wait before its next transaction may begin shows in the first.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include "histogram.h"
#include "record.h"
#include <stdio.h>
#include <stdlib.h>

#define PRODUCE 0
#define ADD_PARTITIONS 24

struct run {
  struct histogram whole;  // first record handed over → committed
  struct histogram commit; // the commit alone
  int64_t acked, failed;
};

static struct run run;

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk, (void)opaque;
  if (!m->err) run.acked++;
  else if (run.failed++ == 0) fprintf(stderr, "load: a record was not taken: %s\n", rd_kafka_err2str(m->err));
}

static void require(rd_kafka_error_t *error, const char *what) {
  if (error) fail("cannot %s a transaction: %s", what, rd_kafka_error_string(error));
}

// Each record of a transaction has a slot of its own: librdkafka reads them in place until they are acknowledged.
static char *make_slots(const struct options *o, uint64_t *body_hash) {
  char *slots = malloc((size_t)o->per_transaction * o->record_bytes);
  if (!slots) fail("out of memory");
  for (int64_t i = 0; i < o->per_transaction; i++) body_hash[i] = record_fill(slots + (size_t)i * o->record_bytes, o->record_bytes, (uint64_t)i);
  return slots;
}

static void send_all(rd_kafka_topic_t *topic, const struct options *o, char *slots, const uint64_t *body_hash, int64_t first) {
  int64_t scheduled_ns = now_ns();
  for (int64_t i = 0; i < o->per_transaction; i++) {
    char *value = slots + (size_t)i * o->record_bytes;
    int64_t number = first + i;
    int32_t partition = (int32_t)(number % o->partitions);
    record_write(value, o->record_bytes, body_hash[i], (uint64_t)(number / o->partitions), (uint32_t)partition, scheduled_ns);
    if (rd_kafka_produce(topic, partition, 0, value, o->record_bytes, NULL, 0, NULL))
      fail("cannot send: %s", rd_kafka_err2str(rd_kafka_last_error()));
  }
}

static void print_result(const struct options *o, int64_t count, double seconds, double cpu_seconds) {
  double bytes = (double)run.acked * (double)o->record_bytes;
  printf("{\"transactions\":%ld,\"acked\":%ld,\"failed\":%ld,\"bytes\":%.0f,\"seconds\":%.6f,\"mbPerSecond\":%.3f,\"transactionsPerSecond\":%.1f,",
         count, run.acked, run.failed, bytes, seconds, bytes / seconds / 1e6, (double)count / seconds);
  printf("\"transactionMs\":");
  histogram_print(&run.whole);
  printf(",\"commitMs\":");
  histogram_print(&run.commit);
  printf(",\"produceRequests\":%ld,\"addPartitionsRequests\":%ld,\"clientCpuSeconds\":%.3f}\n", requests_sent(PRODUCE),
         requests_sent(ADD_PARTITIONS), cpu_seconds);
}

int transactions(const struct options *o) {
  if (!o->records) fail("transactions needs --records");
  uint64_t *body_hash = calloc((size_t)o->per_transaction, sizeof *body_hash);
  if (!body_hash) fail("out of memory");
  char *slots = make_slots(o, body_hash);
  rd_kafka_t *rk = new_transactional_producer(o, on_delivery, NULL);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  int timeout_ms = (int)(o->timeout_seconds * 1000);
  int64_t count = o->records / o->per_transaction;

  double cpu_before = own_cpu_seconds();
  int64_t begun_ns = now_ns(), last_ns = begun_ns;
  for (int64_t i = 0; i < count; i++) {
    int64_t start_ns = now_ns();
    require(rd_kafka_begin_transaction(rk), "begin");
    send_all(topic, o, slots, body_hash, i * o->per_transaction);
    int64_t sent_ns = now_ns();
    require(rd_kafka_commit_transaction(rk, timeout_ms), "commit");
    last_ns = now_ns();
    histogram_add(&run.whole, last_ns - start_ns);
    histogram_add(&run.commit, last_ns - sent_ns);
    if (last_ns - begun_ns > (int64_t)(o->timeout_seconds * 1e9)) fail("gave up after %.0f s: %ld of %ld transactions", o->timeout_seconds, i + 1, count);
    if (o->pause_ms > 0) sleep_until(last_ns + (int64_t)(o->pause_ms * 1e6));
  }
  print_result(o, count, (double)(last_ns - begun_ns) / 1e9, own_cpu_seconds() - cpu_before);
  return run.failed || run.acked != count * o->per_transaction ? 1 : 0;
}
