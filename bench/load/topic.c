// topic: creates a topic by the admin API and waits until clients can use all of it.
#include "client.h"
#include "clock.h"
#include "commands.h"
#include <stdio.h>

// Kafka's controller refuses to make more than 10,000 records of one request, so a larger topic is created in steps.
#define PARTITIONS_AT_ONCE 5000

static rd_kafka_AdminOptions_t *patient(rd_kafka_t *rk, rd_kafka_admin_op_t operation, const struct options *o) {
  char why[512];
  rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, operation);
  int timeout_ms = (int)(o->timeout_seconds * 1000);
  if (rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why)) fail("%s", why);
  if (rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, why, sizeof why)) fail("%s", why);
  return options;
}

static rd_kafka_event_t *await(rd_kafka_queue_t *queue, const char *request, const struct options *o) {
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, (int)(o->timeout_seconds * 1000));
  if (!event) fail("no answer to %s in %.0f s", request, o->timeout_seconds);
  if (rd_kafka_event_error(event)) fail("%s: %s", request, rd_kafka_event_error_string(event));
  return event;
}

static void require_success(const rd_kafka_topic_result_t **results, size_t count, const char *request) {
  if (count != 1) fail("%s: an answer for %zu topics", request, count);
  if (rd_kafka_topic_result_error(results[0])) fail("%s: %s", request, rd_kafka_topic_result_error_string(results[0]));
}

static void create(rd_kafka_t *rk, rd_kafka_queue_t *queue, const struct options *o, int partitions) {
  char why[512];
  rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(o->topic, partitions, 1, why, sizeof why);
  if (!topic) fail("%s", why);
  rd_kafka_CreateTopics(rk, &topic, 1, patient(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS, o), queue);
  size_t count;
  const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(await(queue, "CreateTopics", o));
  const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(result, &count);
  require_success(results, count, "CreateTopics");
}

static void grow(rd_kafka_t *rk, rd_kafka_queue_t *queue, const struct options *o, int partitions) {
  char why[512];
  rd_kafka_NewPartitions_t *topic = rd_kafka_NewPartitions_new(o->topic, (size_t)partitions, why, sizeof why);
  if (!topic) fail("%s", why);
  rd_kafka_CreatePartitions(rk, &topic, 1, patient(rk, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, o), queue);
  size_t count;
  const rd_kafka_CreatePartitions_result_t *result = rd_kafka_event_CreatePartitions_result(await(queue, "CreatePartitions", o));
  const rd_kafka_topic_result_t **results = rd_kafka_CreatePartitions_result_topics(result, &count);
  require_success(results, count, "CreatePartitions");
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
  rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
  int partitions = o->partitions < PARTITIONS_AT_ONCE ? o->partitions : PARTITIONS_AT_ONCE;
  create(rk, queue, o, partitions);
  while (partitions < o->partitions) {
    partitions = o->partitions - partitions < PARTITIONS_AT_ONCE ? o->partitions : partitions + PARTITIONS_AT_ONCE;
    grow(rk, queue, o, partitions);
  }
  rd_kafka_topic_t *topic = open_topic(rk, o->topic);
  while (leaders(rk, topic) < o->partitions) {
    if (now_ns() - begun_ns > (int64_t)(o->timeout_seconds * 1e9)) fail("topic %s has no leaders after %.0f s", o->topic, o->timeout_seconds);
    sleep_until(now_ns() + 20000000);
  }
  printf("{\"partitions\":%d,\"seconds\":%.4f}\n", o->partitions, (double)(now_ns() - begun_ns) / 1e9);
  return 0;
}
