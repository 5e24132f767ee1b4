// latency: records at a fixed rate, each measured from when it was due to when its acknowledgement reached the application.
//
// An open loop: due times are laid out in advance and do not wait for answers. A stall therefore counts against every record that
// was due during it, not only against the one that met it (coordinated omission). One thread sends, another takes the reports.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include "histogram.h"
#include "record.h"
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct run {
  struct histogram latency;  // due → acknowledged
  struct histogram lateness; // due → sent: what the sender itself, not the broker, added
  int64_t counted_from_ns;
  int64_t acked, failed;
  _Atomic bool done;
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk;
  struct run *run = opaque;
  if (m->err && run->failed++ == 0) fprintf(stderr, "load: a record was not taken: %s\n", rd_kafka_err2str(m->err));
  if (m->err) return;
  run->acked++;
  struct record header;
  if (!record_read(m->payload, m->len, &header)) fail("a report carries a record of somebody else");
  if (header.scheduled_ns >= run->counted_from_ns) histogram_add(&run->latency, now_ns() - header.scheduled_ns);
}

static struct run run;

static volatile sig_atomic_t stopped;
static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static void *take_reports(void *rk) {
  while (!run.done) rd_kafka_poll(rk, 100);
  return NULL;
}

int latency(const struct options *o) {
  if (o->seconds <= 0) fail("latency needs --seconds");
  int64_t total = (int64_t)llround((o->warmup_seconds + o->seconds) * o->rate);
  rd_kafka_t *rk = new_producer(o, on_delivery, &run);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  char *value = malloc(o->record_bytes);
  if (!value) fail("out of memory");
  uint64_t body_hash = record_fill(value, o->record_bytes, 1);
  signal(SIGTERM, stop);

  double cpu_before = own_cpu_seconds();
  int64_t begun_ns = now_ns() + 50000000;
  run.counted_from_ns = begun_ns + (int64_t)(o->warmup_seconds * 1e9);
  pthread_t reports;
  pthread_create(&reports, NULL, take_reports, rk);
  int64_t i = 0;
  for (bool counting = false; i < total && !stopped; i++) {
    int64_t due_ns = begun_ns + (int64_t)((double)i * 1e9 / o->rate);
    sleep_until(due_ns);
    if (!counting && due_ns >= run.counted_from_ns) { // whoever wants to disturb this may begin
      counting = true;
      printf("{\"counting\":true}\n");
      fflush(stdout);
    }
    int32_t partition = (int32_t)(i % o->partitions);
    record_write(value, o->record_bytes, body_hash, (uint64_t)(i / o->partitions), (uint32_t)partition, due_ns);
    if (due_ns >= run.counted_from_ns) histogram_add(&run.lateness, now_ns() - due_ns);
    if (rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, value, o->record_bytes, NULL, 0, NULL))
      fail("cannot send: %s", rd_kafka_err2str(rd_kafka_last_error()));
  }
  rd_kafka_resp_err_t error = rd_kafka_flush(rk, (int)(o->timeout_seconds * 1000));
  if (error) fail("records without an answer: %s", rd_kafka_err2str(error));
  run.done = true;
  pthread_join(reports, NULL);

  printf("{\"sent\":%ld,\"acked\":%ld,\"failed\":%ld,\"latencyMs\":", i, run.acked, run.failed);
  histogram_print(&run.latency);
  printf(",\"latenessMs\":");
  histogram_print(&run.lateness);
  printf(",\"clientCpuSeconds\":%.3f}\n", own_cpu_seconds() - cpu_before);
  return run.failed ? 1 : 0;
}
