// table: reads what compaction has left of --records keyed records in one partition, and checks that it is the same table.
//
// The newest record of each key must be there, at its offset and whole. Older ones may be, and are counted: compaction leaves the
// newest part of a log alone.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include "key.h"
#include "record.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
  const struct options *o;
  int64_t *newest; // by key: the last sequence that was written; -1: none, or it was found
  int64_t wanted, found, stale, next, until;
};

static void expect_newest(struct run *run) {
  const struct options *o = run->o;
  run->newest = malloc((size_t)o->keys * sizeof *run->newest);
  if (!run->newest) fail("out of memory");
  memset(run->newest, 0xff, (size_t)o->keys * sizeof *run->newest);
  for (int64_t i = 0; i < o->records; i++) {
    int64_t *newest = &run->newest[key_of(o, i)];
    run->wanted += *newest < 0;
    *newest = i;
  }
}

static void check(struct run *run, const rd_kafka_message_t *m) {
  struct record header;
  uint64_t key;
  if (!record_read(m->payload, m->len, &header)) fail("offset %ld: not a record of ours", m->offset);
  if (m->offset < run->next || (int64_t)header.sequence != m->offset) fail("offset %ld: holds record %lu, after %ld", m->offset, header.sequence, run->next - 1);
  if (m->key_len != sizeof key) fail("offset %ld: a key of %zu bytes", m->offset, m->key_len);
  memcpy(&key, m->key, sizeof key);
  if (key != key_of(run->o, m->offset)) fail("offset %ld: has the key %lu", m->offset, key);
  if (!record_intact(m->payload, &header)) fail("offset %ld: damaged", m->offset);
  run->next = m->offset + 1;
  if (run->newest[key] == m->offset) run->found++;
  else run->stale++;
}

static void on_record(rd_kafka_message_t *m, void *opaque) {
  if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF || m->err == RD_KAFKA_RESP_ERR__TRANSPORT) return;
  if (m->err) fail("%s", rd_kafka_message_errstr(m));
  check(opaque, m);
}

int table(const struct options *o) {
  if (!o->records || !o->keys) fail("table needs --records and --keys");
  struct run run = {.o = o};
  expect_newest(&run);
  rd_kafka_t *rk = new_consumer(o);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  connect_to_leaders(rk, topic, o);
  int64_t low;
  rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(rk, o->topic, 0, &low, &run.until, 30000);
  if (error) fail("no offsets: %s", rd_kafka_err2str(error));
  if (run.until != o->records) fail("the log ends at %ld, not %ld", run.until, o->records);

  int64_t begun_ns = now_ns();
  if (rd_kafka_consume_start(topic, 0, low)) fail("cannot consume");
  while (run.next < run.until) {
    rd_kafka_consume_callback(topic, 0, 100, on_record, &run);
    if (now_ns() - begun_ns > (int64_t)(o->timeout_seconds * 1e9)) fail("gave up after %.0f s at offset %ld of %ld", o->timeout_seconds, run.next, run.until);
  }
  if (run.found != run.wanted) fail("%ld of %ld keys have lost their newest record", run.wanted - run.found, run.wanted);
  printf("{\"keys\":%ld,\"stale\":%ld,\"seconds\":%.6f}\n", run.found, run.stale, (double)(now_ns() - begun_ns) / 1e9);
  return 0;
}
