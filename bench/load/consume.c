// consume: reads partitions from the beginning, from near the end, or from the end while others write, and checks every record.
//
// The clock runs from the first fetch to the last record; connecting and asking for the offsets comes before it. librdkafka's plain
// consumer is used: no group, no commits, records handed over by callback, which is the fastest way it has.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include "histogram.h"
#include "record.h"
#include <stdio.h>
#include <stdlib.h>

#define CHECKSUM_EVERY 64   // unless --verify full: reading each body again would make the client the bottleneck

struct part {
  int64_t from, until;      // offsets; until is -1 when reading behind a producer
  int64_t next;             // the offset the next record must have at least
  int64_t next_sequence;    // --verify committed: markers take offsets, so sequences count by themselves
  uint64_t *seen;           // --verify set: one bit per sequence
  int64_t seen_capacity, unique;
};

struct run {
  const struct options *o;
  struct part *parts;
  int64_t wanted, records, bytes, duplicates, disordered;
  int64_t first_record_ns, last_record_ns;
  struct histogram age;     // due time to arrival, when reading behind a producer
};

static void mark_seen(struct run *run, struct part *part, int64_t sequence) {
  if (sequence < 0 || sequence > 1000000000) fail("a record claims sequence %ld", sequence);
  if (sequence >= part->seen_capacity) {
    int64_t capacity = (sequence / 64 + 1024) * 2 * 64;
    part->seen = realloc(part->seen, (size_t)capacity / 8);
    if (!part->seen) fail("out of memory");
    for (int64_t i = part->seen_capacity / 64; i < capacity / 64; i++) part->seen[i] = 0;
    part->seen_capacity = capacity;
  }
  uint64_t bit = 1ull << (sequence % 64);
  if (part->seen[sequence / 64] & bit) run->duplicates++;
  else part->unique++;
  part->seen[sequence / 64] |= bit;
}

static bool holes_are_fine(const struct run *run) { return run->o->verify == VERIFY_SET || run->o->verify == VERIFY_COMMITTED; }

static void check(struct run *run, const rd_kafka_message_t *m, struct part *part) {
  struct record header;
  if (!record_read(m->payload, m->len, &header)) fail("partition %d offset %ld: not a record of ours", m->partition, m->offset);
  if ((int32_t)header.partition != m->partition) fail("partition %d offset %ld: belongs to %u", m->partition, m->offset, header.partition);
  if (m->offset != part->next) {
    if (m->offset < part->next || !holes_are_fine(run)) fail("partition %d: offset %ld came after %ld", m->partition, m->offset, part->next - 1);
    run->disordered++;
  }
  if (run->o->verify == VERIFY_SET) mark_seen(run, part, (int64_t)header.sequence);
  else if (run->o->verify == VERIFY_COMMITTED) {
    if ((int64_t)header.sequence != part->next_sequence++) fail("partition %d offset %ld: holds record %lu, after %ld", m->partition, m->offset, header.sequence, part->next_sequence - 2);
  } else if ((int64_t)header.sequence != m->offset) fail("partition %d offset %ld: holds record %lu", m->partition, m->offset, header.sequence);
  if (run->o->verify == VERIFY_FULL || run->o->verify == VERIFY_SET || m->offset % CHECKSUM_EVERY == 0)
    if (!record_intact(m->payload, &header)) fail("partition %d offset %ld: damaged", m->partition, m->offset);
  if (run->o->from_end) histogram_add(&run->age, now_ns() - header.scheduled_ns);
}

static void on_record(rd_kafka_message_t *m, void *opaque) {
  struct run *run = opaque;
  if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF || m->err == RD_KAFKA_RESP_ERR__TRANSPORT) return;
  if (m->err) fail("partition %d: %s", m->partition, rd_kafka_message_errstr(m));
  struct part *part = &run->parts[m->partition];
  if (part->until >= 0 && m->offset >= part->until) return;
  if (run->records >= run->wanted) return;
  check(run, m, part);
  part->next = m->offset + 1;
  run->bytes += (int64_t)m->len;
  if (run->records++ == 0) run->first_record_ns = now_ns();
  if (run->records == run->wanted) run->last_record_ns = now_ns();
}

// Where to start and stop in each partition. Ends are the high watermarks as they are now.
static void choose_offsets(struct run *run, rd_kafka_t *rk) {
  const struct options *o = run->o;
  for (int i = 0; i < o->partitions; i++) {
    int64_t low, high;
    rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(rk, o->topic, i, &low, &high, 30000);
    if (error) fail("partition %d: no offsets: %s", i, rd_kafka_err2str(error));
    int64_t from = o->from_end ? high : low;
    if (o->newest_records && high - o->newest_records > low) from = high - o->newest_records;
    run->parts[i] = (struct part){.from = from, .until = o->from_end ? -1 : high, .next = from};
    if (!o->from_end) run->wanted += high - from;
  }
  if (o->from_end || o->verify == VERIFY_COMMITTED) run->wanted = o->records;
  else if (o->records && run->wanted != o->records) fail("the topic holds %ld records, not %ld", run->wanted, o->records);
}

static void print_result(const struct run *run, int64_t begun_ns, double cpu_seconds) {
  int64_t since_ns = run->o->from_end ? run->first_record_ns : begun_ns;
  double seconds = (double)(run->last_record_ns - since_ns) / 1e9;
  int64_t unique = 0;
  for (int i = 0; i < run->o->partitions; i++) unique += run->parts[i].unique;
  printf("{\"records\":%ld,\"bytes\":%ld,\"seconds\":%.6f,\"mbPerSecond\":%.3f,\"recordsPerSecond\":%.1f,\"firstRecordMs\":%.3f,", run->records,
         run->bytes, seconds, (double)run->bytes / seconds / 1e6, (double)run->records / seconds, (double)(run->first_record_ns - begun_ns) / 1e6);
  if (run->o->verify == VERIFY_SET)
    printf("\"unique\":%ld,\"duplicates\":%ld,\"gaps\":%ld,", unique, run->duplicates, run->disordered);
  if (run->o->from_end) {
    printf("\"ageMs\":");
    histogram_print(&run->age);
    printf(",");
  }
  printf("\"fetchRequests\":%ld,\"clientCpuSeconds\":%.3f}\n", requests_sent(1), cpu_seconds);
}

int consume(const struct options *o) {
  if ((o->from_end || o->verify == VERIFY_COMMITTED) && !o->records) fail("consume --from end, and --verify committed, need --records");
  static struct run run;
  run.o = o;
  run.parts = calloc((size_t)o->partitions, sizeof *run.parts);
  rd_kafka_t *rk = new_consumer(o);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  choose_offsets(&run, rk);
  if (run.wanted == 0) fail("topic %s holds nothing to read", o->topic);

  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  double cpu_before = own_cpu_seconds();
  int64_t begun_ns = now_ns();
  for (int i = 0; i < o->partitions; i++)
    if (o->from_end || run.parts[i].from < run.parts[i].until)
      if (rd_kafka_consume_start_queue(topic, i, run.parts[i].from, queue)) fail("cannot consume partition %d", i);
  if (o->from_end) { // tells the harness that a producer may start: nothing sent from now on can be missed
    printf("{\"ready\":true}\n");
    fflush(stdout);
  }
  while (run.records < run.wanted) {
    rd_kafka_consume_callback_queue(queue, 100, on_record, &run);
    if (now_ns() - begun_ns > (int64_t)(o->timeout_seconds * 1e9)) fail("gave up after %.0f s: %ld of %ld records", o->timeout_seconds, run.records, run.wanted);
  }
  print_result(&run, begun_ns, own_cpu_seconds() - cpu_before);
  return 0;
}
