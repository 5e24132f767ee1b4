// probe: one small record after another at a fixed rate, through any outage, until SIGTERM. Prints a line for each acknowledgement:
//   {"ack":SEQUENCE,"atNs":MONOTONIC}
// and at the end what was sent and acknowledged. Records are sent again until they are taken, so a restart may store one twice.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include "record.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t acked, failed;

static volatile sig_atomic_t stopped;
static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk, (void)opaque;
  int64_t at_ns = now_ns();
  struct record header;
  if (!record_read(m->payload, m->len, &header)) fail("a report carries a record of somebody else");
  if (m->err) {
    failed++;
    fprintf(stderr, "load: record %lu was not taken: %s\n", header.sequence, rd_kafka_err2str(m->err));
    return;
  }
  acked++;
  printf("{\"ack\":%lu,\"atNs\":%ld}\n", header.sequence, at_ns);
  fflush(stdout);
}

int probe(const struct options *o) {
  rd_kafka_t *rk = new_producer(o, on_delivery, NULL);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  char *value = malloc(o->record_bytes);
  if (!value) fail("out of memory");
  uint64_t body_hash = record_fill(value, o->record_bytes, 1);
  signal(SIGTERM, stop);
  signal(SIGINT, stop);

  int64_t sent = 0, begun_ns = now_ns();
  int64_t give_up_ns = begun_ns + (int64_t)(o->timeout_seconds * 1e9);
  for (; !stopped && now_ns() < give_up_ns; sent++) {
    int64_t due_ns = begun_ns + (int64_t)((double)sent * 1e9 / o->rate);
    while (!stopped && now_ns() < due_ns) rd_kafka_poll(rk, 1);
    record_write(value, o->record_bytes, body_hash, (uint64_t)sent, 0, due_ns);
    if (rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value, o->record_bytes, NULL, 0, NULL))
      fail("cannot send: %s", rd_kafka_err2str(rd_kafka_last_error()));
  }
  rd_kafka_resp_err_t error = rd_kafka_flush(rk, 30000);
  if (error) fail("records without an answer: %s", rd_kafka_err2str(error));
  printf("{\"sent\":%ld,\"acked\":%ld,\"failed\":%ld}\n", sent, acked, failed);
  return failed ? 1 : 0;
}
