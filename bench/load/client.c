// librdkafka handles with the settings every measurement uses.
#include "client.h"
#include "clock.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define API_KEYS 128
static _Atomic int64_t sent_by_api[API_KEYS];

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  fflush(NULL);
  _exit(1);
}

int64_t requests_sent(int api_key) { return sent_by_api[api_key]; }

static rd_kafka_resp_err_t count_request(rd_kafka_t *rk, int socket, const char *broker, int32_t broker_id, int16_t api_key,
                                         int16_t api_version, int32_t correlation, size_t bytes, void *opaque) {
  (void)rk, (void)socket, (void)broker, (void)broker_id, (void)api_version, (void)correlation, (void)bytes, (void)opaque;
  if (api_key >= 0 && api_key < API_KEYS) sent_by_api[api_key]++;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t install_counter(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque, char *error, size_t error_bytes) {
  (void)conf, (void)opaque, (void)error, (void)error_bytes;
  return rd_kafka_interceptor_add_on_request_sent(rk, "count", count_request, NULL);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char why[512];
  if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail("%s=%s: %s", name, value, why);
}

static rd_kafka_conf_t *common_conf(const struct options *o) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", o->broker);
  set(conf, "client.id", "bench");
  set(conf, "socket.nagle.disable", "true");
  set(conf, "log_level", "4");
  // A broker that restarts is found as soon as it listens; the client's own patience is not what is measured.
  set(conf, "reconnect.backoff.ms", "5");
  set(conf, "reconnect.backoff.max.ms", "10");
  rd_kafka_conf_interceptor_add_on_new(conf, "count", install_counter, NULL);
  return conf;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, rd_kafka_conf_t *conf, const struct options *o) {
  for (int i = 0; i < o->property_count; i++) set(conf, o->properties[i].name, o->properties[i].value);
  char why[512];
  rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
  if (!rk) fail("cannot make a client: %s", why);
  return rk;
}

static rd_kafka_conf_t *producer_conf(const struct options *o, delivery_report *on_delivery, void *opaque) {
  rd_kafka_conf_t *conf = common_conf(o);
  char linger[16];
  snprintf(linger, sizeof linger, "%d", o->linger_ms);
  set(conf, "acks", "all");
  set(conf, "linger.ms", linger);
  // As Java's producer has it. Without a bound, records spread over many partitions leave one by one the moment they are due, and
  // batches never grow: a broker then answers ten times the requests for the same records.
  set(conf, "max.in.flight.requests.per.connection", "5");
  set(conf, "batch.size", "1000000");
  set(conf, "batch.num.messages", "100000");
  set(conf, "queue.buffering.max.messages", "2000000");
  set(conf, "queue.buffering.max.kbytes", "2000000");
  set(conf, "message.timeout.ms", "0"); // the command's own --timeout-seconds bounds the wait, and says how far it came
  set(conf, "retry.backoff.ms", "10");
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  rd_kafka_conf_set_opaque(conf, opaque);
  return conf;
}

rd_kafka_t *new_producer(const struct options *o, delivery_report *on_delivery, void *opaque) {
  return open_client(RD_KAFKA_PRODUCER, producer_conf(o, on_delivery, opaque), o);
}

rd_kafka_t *new_transactional_producer(const struct options *o, delivery_report *on_delivery, void *opaque) {
  rd_kafka_conf_t *conf = producer_conf(o, on_delivery, opaque);
  char id[64];
  snprintf(id, sizeof id, "bench-%d-%ld", (int)getpid(), now_ns());
  set(conf, "transactional.id", id);
  set(conf, "transaction.timeout.ms", "60000");
  set(conf, "message.timeout.ms", "60000"); // at most the transaction's
  rd_kafka_t *rk = open_client(RD_KAFKA_PRODUCER, conf, o);
  rd_kafka_error_t *error = rd_kafka_init_transactions(rk, (int)(o->timeout_seconds * 1000));
  if (error) fail("no transactions: %s", rd_kafka_error_string(error));
  return rk;
}

rd_kafka_t *new_consumer(const struct options *o) {
  rd_kafka_conf_t *conf = common_conf(o);
  set(conf, "enable.auto.commit", "false");
  set(conf, "fetch.message.max.bytes", "4000000");
  set(conf, "fetch.wait.max.ms", "100");
  set(conf, "queued.min.messages", "1000000");
  set(conf, "queued.max.messages.kbytes", "262144");
  return open_client(RD_KAFKA_CONSUMER, conf, o);
}

rd_kafka_topic_t *open_topic(rd_kafka_t *rk, const char *topic) {
  rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
  if (!handle) fail("cannot open topic %s: %s", topic, rd_kafka_err2str(rd_kafka_last_error()));
  return handle;
}

void connect_to_leaders(rd_kafka_t *rk, rd_kafka_topic_t *topic, const struct options *o) {
  const struct rd_kafka_metadata *found;
  rd_kafka_resp_err_t error = rd_kafka_metadata(rk, 0, topic, &found, 30000);
  if (error) fail("no metadata from %s: %s", o->broker, rd_kafka_err2str(error));
  if (found->topic_cnt != 1 || found->topics[0].err) fail("topic %s: %s", o->topic, rd_kafka_err2str(found->topics[0].err));
  if (found->topics[0].partition_cnt < o->partitions) fail("topic %s has %d partitions", o->topic, found->topics[0].partition_cnt);
  for (int i = 0; i < found->topics[0].partition_cnt; i++)
    if (found->topics[0].partitions[i].leader < 0) fail("topic %s: partition %d has no leader", o->topic, i);
  rd_kafka_metadata_destroy(found);
}
