//! Clients of the broker under test, topics that no other check uses, and records sent and read.

use std::thread;
use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientContext, Offset, TopicPartitionList};
use std::sync::{Arc, Mutex};

use crate::cases::{variable, Case};

pub const BOUND: Duration = Duration::from_secs(20);

pub fn topic_name(purpose: &str) -> String {
    format!("{}-{purpose}", variable("TOPIC_PREFIX"))
}

fn config(settings: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", variable("BROKER"));
    for (name, value) in settings {
        config.set(*name, *value);
    }
    config
}

/// Remembers the first error of a delivery.
#[derive(Clone, Default)]
pub struct Deliveries(Arc<Mutex<Option<RDKafkaErrorCode>>>);

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();
    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
            self.0.lock().expect("no delivery panics").get_or_insert(code);
        }
    }
}

/// Produces to the partitions given, waits for all, and fails with the first error's code.
pub fn send(topic: &str, records: &[(i32, Case)], settings: &[(&str, &str)]) -> Result<(), RDKafkaErrorCode> {
    let deliveries = Deliveries::default();
    let mut all = vec![("message.max.bytes", "4000000"), ("linger.ms", "20"), ("message.timeout.ms", "20000")];
    all.extend_from_slice(settings);
    let producer: ThreadedProducer<Deliveries> = config(&all).create_with_context(deliveries.clone()).expect("a producer");
    for (partition, case) in records {
        let mut headers = OwnedHeaders::new();
        for (name, value) in &case.headers {
            headers = headers.insert(Header { key: name, value: value.as_ref() });
        }
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).partition(*partition).headers(headers);
        record.key = case.key.as_deref();
        record.payload = case.value.as_deref();
        record.timestamp = case.timestamp_ms;
        producer.send(record).map_err(|(error, _)| code_of(&error))?;
    }
    producer.flush(BOUND).map_err(|error| code_of(&error))?;
    let first = *deliveries.0.lock().expect("no delivery panics");
    first.map_or(Ok(()), Err)
}

pub fn code_of(error: &KafkaError) -> RDKafkaErrorCode {
    error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown)
}

pub fn consumer() -> BaseConsumer {
    // a group's name is demanded even where nothing joins or commits
    let settings = [("group.id", "unused"), ("enable.auto.commit", "false"), ("auto.offset.reset", "error")];
    config(&settings).create().expect("a consumer")
}

/// Reads `count` records per partition from an offset on, in the order they come.
pub fn read(topic: &str, partitions: i32, from: Offset, count: usize) -> Result<Vec<(i32, i64, Case)>, String> {
    let consumer = consumer();
    let mut assignment = TopicPartitionList::new();
    for partition in 0..partitions {
        assignment.add_partition_offset(topic, partition, from).map_err(|error| error.to_string())?;
    }
    consumer.assign(&assignment).map_err(|error| error.to_string())?;
    let deadline = Instant::now() + BOUND;
    let mut found = Vec::new();
    while found.len() < count * partitions as usize {
        if Instant::now() > deadline {
            return Err(format!("read {} records, and no more came", found.len()));
        }
        let Some(polled) = consumer.poll(Duration::from_millis(200)) else { continue };
        let message = polled.map_err(|error| format!("{:?}", code_of(&error)))?;
        let headers = message.headers().map_or(Vec::new(), |all| {
            all.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
        });
        let case = Case {
            name: String::new(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers,
            timestamp_ms: message.timestamp().to_millis(),
        };
        found.push((message.partition(), message.offset(), case));
    }
    Ok(found)
}

/// A consumer in a group, from where the group is.
pub fn member(group: &str, topic: &str, protocol: &str) -> Result<BaseConsumer, String> {
    let mut settings = vec![("group.id", group), ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest")];
    settings.push(("group.protocol", protocol));
    if protocol == "classic" {
        settings.extend([("session.timeout.ms", "6000"), ("heartbeat.interval.ms", "100")]);
    }
    let consumer: BaseConsumer = config(&settings).create().map_err(|error: KafkaError| error.to_string())?;
    consumer.subscribe(&[topic]).map_err(|error| error.to_string())?;
    Ok(consumer)
}

/// Polls members in turn until the condition holds of them; gives the offsets that were read.
pub fn poll_until(members: &[&BaseConsumer], what: &str, condition: impl Fn(&[i64]) -> bool) -> Result<Vec<i64>, String> {
    let deadline = Instant::now() + BOUND;
    let mut offsets = Vec::new();
    while !condition(&offsets) {
        if Instant::now() > deadline {
            return Err(format!("{what}: not in {BOUND:?}, after {} records", offsets.len()));
        }
        for member in members {
            if let Some(polled) = member.poll(Duration::from_millis(20)) {
                offsets.push(polled.map_err(|error| format!("{:?}", code_of(&error)))?.offset());
            }
        }
    }
    Ok(offsets)
}

/// How many partitions a member has.
pub fn assigned(member: &BaseConsumer) -> usize {
    member.assignment().map_or(0, |assignment| assignment.count())
}

/// The low and high watermarks of a partition.
pub fn watermarks(topic: &str, partition: i32) -> Result<(i64, i64), String> {
    let producer: BaseProducer = config(&[]).create().map_err(|error: KafkaError| error.to_string())?;
    producer.client().fetch_watermarks(topic, partition, BOUND).map_err(|error| error.to_string())
}

/// Waits until every partition answers: a broker may learn of a topic after the controller's answer.
pub fn await_ready(topic: &str, partitions: i32) -> Result<(), String> {
    let deadline = Instant::now() + BOUND;
    for partition in 0..partitions {
        while let Err(failure) = watermarks(topic, partition) {
            if Instant::now() > deadline {
                return Err(format!("{topic} was created, but partition {partition} never answered: {failure}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(())
}
