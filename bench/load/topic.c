// topic: creates a topic by the admin API and waits until clients can use all of it.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include <stdio.h>

static void request_creation(rd_kafka_t *rk, const struct options *o) {
  char why[512];
  rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(o->topic, o->partitions, 1, why, sizeof why);
  if (!topic) fail("%s", why);
  rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
  int timeout_ms = (int)(o->timeout_seconds * 1000);
  rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why);
  rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, why, sizeof why);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  rd_kafka_CreateTopics(rk, &topic, 1, options, queue);
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms);
  if (!event) fail("no answer to CreateTopics in %.0f s", o->timeout_seconds);
  if (rd_kafka_event_error(event)) fail("CreateTopics: %s", rd_kafka_event_error_string(event));
  size_t count;
  const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  if (count != 1 || rd_kafka_topic_result_error(results[0])) fail("CreateTopics: %s", rd_kafka_topic_result_error_string(results[0]));
}

static int leaders(rd_kafka_t *rk, rd_kafka_topic_t *topic) {
  const struct rd_kafka_metadata *found;
  if (rd_kafka_metadata(rk, 0, topic, &found, 10000)) return 0;
  int count = 0;
  for (int i = 0; found->topic_cnt == 1 && i < found->topics[0].partition_cnt; i++) count += found->topics[0].partitions[i].leader >= 0;
  rd_kafka_metadata_destroy(found);
  return count;
}

int create_topic(const struct options *o) {
  rd_kafka_t *rk = new_producer(o, NULL, NULL);
  int64_t begun_ns = now_ns();
  request_creation(rk, o);
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  while (leaders(rk, topic) < o->partitions) {
    if (now_ns() - begun_ns > (int64_t)(o->timeout_seconds * 1e9)) fail("topic %s has no leaders after %.0f s", o->topic, o->timeout_seconds);
    sleep_until(now_ns() + 20000000);
  }
  printf("{\"partitions\":%d,\"seconds\":%.4f}\n", o->partitions, (double)(now_ns() - begun_ns) / 1e9);
  return 0;
}
