// produce: as many records as asked for, as fast as they go, round-robin over the partitions, each acknowledged by all replicas.
//
// The clock runs from the first send to the last acknowledgement. Values live in a fixed pool of slots which librdkafka reads in
// place; a slot is free again when its record is acknowledged, so the pool also bounds what is in flight.
#include "clock.h"
#include "client.h"
#include "commands.h"
#include "key.h"
#include "record.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define SLICES 20           // the run is timed in twentieths, to show whether its pace holds
#define SEND_AT_ONCE 512
#define POOL_BYTES 100000000
#define POOL_SLOTS 500000

struct slot {
  char *value;
  uint64_t body_hash;
};

struct run {
  struct slot *slots;
  struct slot **free;
  int free_count;
  int64_t target;            // 0: until the deadline
  int64_t sent, acked, failed;
  int64_t first_send_ns, last_ack_ns, deadline_ns;
  int64_t slice_ns[SLICES];
  int slice;
};

static volatile sig_atomic_t stopped;
static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  (void)rk;
  struct run *run = opaque;
  run->free[run->free_count++] = message->_private;
  if (message->err) {
    if (run->failed++ == 0) fprintf(stderr, "load: a record was not taken: %s\n", rd_kafka_err2str(message->err));
    return;
  }
  run->acked++;
  if (run->target && run->acked * SLICES >= run->target * (run->slice + 1)) run->slice_ns[run->slice++] = now_ns();
  if (run->acked + run->failed == run->sent) run->last_ack_ns = now_ns();
}

static void make_slots(struct run *run, size_t record_bytes) {
  int count = (int)(POOL_BYTES / record_bytes);
  if (count > POOL_SLOTS) count = POOL_SLOTS;
  run->slots = calloc((size_t)count, sizeof *run->slots);
  run->free = calloc((size_t)count, sizeof *run->free);
  char *values = malloc((size_t)count * record_bytes);
  if (!run->slots || !run->free || !values) fail("out of memory");
  for (int i = 0; i < count; i++) {
    run->slots[i].value = values + (size_t)i * record_bytes;
    run->slots[i].body_hash = record_fill(run->slots[i].value, record_bytes, (uint64_t)i);
    run->free[run->free_count++] = &run->slots[count - 1 - i];
  }
}

static bool more(const struct run *run) {
  if (stopped) return false;
  return run->target ? run->sent < run->target : now_ns() < run->deadline_ns;
}

// Sends up to SEND_AT_ONCE records, as far as there are free slots.
static void send_some(struct run *run, rd_kafka_topic_t *topic, const struct options *o) {
  rd_kafka_message_t messages[SEND_AT_ONCE];
  uint64_t keys[SEND_AT_ONCE];
  int count = 0;
  int64_t scheduled_ns = now_ns();
  while (count < SEND_AT_ONCE && run->free_count > 0 && (!run->target || run->sent < run->target)) {
    struct slot *slot = run->free[--run->free_count];
    int64_t partition = run->sent % o->partitions;
    int64_t sequence = o->first_sequence + run->sent / o->partitions;
    record_write(slot->value, o->record_bytes, slot->body_hash, (uint64_t)sequence, (uint32_t)partition, scheduled_ns);
    messages[count] = (rd_kafka_message_t){.payload = slot->value, .len = o->record_bytes, .partition = (int32_t)partition, ._private = slot};
    if (o->keys) {
      keys[count] = key_of(o, sequence);
      messages[count].key = &keys[count];
      messages[count].key_len = sizeof keys[count];
    }
    count++;
    run->sent++;
  }
  int taken = rd_kafka_produce_batch(topic, 0, o->partitions > 1 ? RD_KAFKA_MSG_F_PARTITION : 0, messages, count);
  if (taken != count) fail("the client's queue refused %d records", count - taken);
}

static void print_result(const struct run *run, const struct options *o, double cpu_seconds) {
  double seconds = (double)(run->last_ack_ns - run->first_send_ns) / 1e9;
  double bytes = (double)run->acked * (double)o->record_bytes;
  printf("{\"sent\":%ld,\"acked\":%ld,\"failed\":%ld,\"bytes\":%.0f,\"seconds\":%.6f,\"mbPerSecond\":%.3f,\"recordsPerSecond\":%.1f,",
         run->sent, run->acked, run->failed, bytes, seconds, bytes / seconds / 1e6, (double)run->acked / seconds);
  printf("\"produceRequests\":%ld,\"clientCpuSeconds\":%.3f,\"sliceSeconds\":[", requests_sent(0), cpu_seconds);
  for (int i = 0; i < run->slice; i++) printf("%s%.4f", i ? "," : "", (double)(run->slice_ns[i] - run->first_send_ns) / 1e9);
  printf("]}\n");
}

int produce(const struct options *o) {
  if (!o->records && o->seconds <= 0) fail("produce needs --records or --seconds");
  struct run run = {.target = o->records};
  make_slots(&run, o->record_bytes);
  rd_kafka_t *rk = new_producer(o, on_delivery, &run);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  signal(SIGTERM, stop);

  double cpu_before = own_cpu_seconds();
  run.first_send_ns = now_ns();
  run.deadline_ns = run.first_send_ns + (int64_t)(o->seconds * 1e9);
  int64_t give_up_ns = run.first_send_ns + (int64_t)(o->timeout_seconds * 1e9);
  while (more(&run)) {
    if (run.free_count > 0) send_some(&run, topic, o);
    rd_kafka_poll(rk, run.free_count > 0 ? 0 : 10);
    if (now_ns() > give_up_ns) fail("gave up after %.0f s: %ld of %ld records acknowledged", o->timeout_seconds, run.acked, run.sent);
  }
  while (run.acked + run.failed < run.sent) {
    rd_kafka_poll(rk, 10);
    if (now_ns() > give_up_ns) fail("gave up after %.0f s: %ld of %ld records acknowledged", o->timeout_seconds, run.acked, run.sent);
  }
  print_result(&run, o, own_cpu_seconds() - cpu_before);
  return run.failed ? 1 : 0;
}
