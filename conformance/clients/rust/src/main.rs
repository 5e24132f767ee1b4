//! Checks a broker with rdkafka: "check" writes and administers, "read" reads what other clients wrote.

mod admin;
mod cases;
mod checks;
mod groups;
mod session;

use std::collections::HashMap;

use rdkafka::consumer::Consumer;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use cases::{Case, Cases};
use checks::{check, equal, say, Outcome};
use session::{read, send, topic_name};

const COUNT: usize = 5_000;

fn compare(topic: &str, expected: &[Case]) -> Outcome {
    let found = read(topic, 1, Offset::Beginning, expected.len())?;
    for (index, (wanted, (_, offset, case))) in expected.iter().zip(&found).enumerate() {
        let name = &wanted.name;
        equal(&format!("{name}: offset"), *offset, index as i64)?;
        equal(&format!("{name}: key"), &case.key, &wanted.key)?;
        equal(&format!("{name}: value"), &case.value, &wanted.value)?;
        equal(&format!("{name}: headers"), &case.headers, &wanted.headers)?;
        if wanted.timestamp_ms.is_some() {
            equal(&format!("{name}: timestamp"), case.timestamp_ms, wanted.timestamp_ms)?;
        }
    }
    Ok(())
}

fn valued(value: Vec<u8>) -> Case {
    Case { name: String::new(), key: None, value: Some(value), headers: Vec::new(), timestamp_ms: None }
}

fn named<T>(result: Result<T, RDKafkaErrorCode>) -> Result<T, String> {
    result.map_err(|code| format!("{code:?}"))
}

fn writes_and_reads(codec: &str, cases: &Cases) -> Outcome {
    let topic = topic_name(codec);
    admin::ready(&topic, 1)?;
    let records: Vec<_> = cases.records.iter().map(|case| (0, case.clone())).collect();
    named(send(&topic, &records, &[("compression.type", codec)]))?;
    say(&format!("wrote {codec} {topic}"));
    compare(&topic, &cases.records)
}

fn many_partitions(cases: &Cases) -> Outcome {
    let topic = topic_name("partitions");
    admin::ready(&topic, cases.partitions)?;
    let numbered = |index: i32| (0..cases.partitions).map(move |partition| (partition, format!("{partition}:{index}")));
    let records: Vec<_> = (0..cases.records_per_partition)
        .flat_map(numbered)
        .map(|(partition, value)| (partition, valued(value.into_bytes())))
        .collect();
    named(send(&topic, &records, &[]))?;
    let mut next = HashMap::new();
    for (partition, _, case) in read(&topic, cases.partitions, Offset::Beginning, cases.records_per_partition as usize)? {
        let index = next.entry(partition).or_insert(0);
        equal("value", case.value, Some(format!("{partition}:{index}").into_bytes()))?;
        *index += 1;
    }
    equal("partitions", next.len(), cases.partitions as usize)
}

fn in_order(name: &str, settings: &[(&str, &str)]) -> Outcome {
    let topic = topic_name(name);
    admin::ready(&topic, 1)?;
    let records: Vec<_> = (0..COUNT).map(|index| (0, valued(index.to_string().into_bytes()))).collect();
    named(send(&topic, &records, settings))?;
    for (index, (_, _, case)) in read(&topic, 1, Offset::Beginning, COUNT)?.into_iter().enumerate() {
        equal("value", case.value, Some(index.to_string().into_bytes()))?;
    }
    Ok(())
}

fn limits(cases: &Cases) -> Outcome {
    let topic = topic_name("limits");
    admin::ready(&topic, 1)?;
    named(send(&topic, &[(0, valued(cases.largest_value.clone()))], &[]))?;
    let refused = send(&topic, &[(0, valued(cases.too_large_value.clone()))], &[]);
    equal("too large", refused, Err(RDKafkaErrorCode::MessageSizeTooLarge))?;
    let found = read(&topic, 1, Offset::Beginning, 1)?;
    equal("the value is the one sent", found[0].2.value.as_ref() == Some(&cases.largest_value), true)
}

fn offsets() -> Outcome {
    let topic = topic_name("offsets");
    admin::ready(&topic, 1)?;
    let at = |index: i64| Case { timestamp_ms: Some((index + 1) * 1_000), ..valued(index.to_string().into_bytes()) };
    let records: Vec<_> = (0..30).map(|index| (0, at(index))).collect();
    named(send(&topic, &records, &[]))?;
    equal("watermarks", session::watermarks(&topic, 0)?, (0, 30))?;
    equal("from 20", read(&topic, 1, Offset::Offset(20), 10)?[0].1, 20)?;
    equal("the last 3", read(&topic, 1, Offset::OffsetTail(3), 3)?[0].1, 27)?;
    for (time_ms, offset) in [(0, Offset::Offset(0)), (10_500, Offset::Offset(10)), (30_001, Offset::End)] {
        let mut times = TopicPartitionList::new();
        times.add_partition_offset(&topic, 0, Offset::Offset(time_ms)).map_err(|error| error.to_string())?;
        let found = session::consumer().offsets_for_times(times, session::BOUND).map_err(|error| error.to_string())?;
        equal("offset for a time", found.elements()[0].offset(), offset)?;
    }
    let beyond = read(&topic, 1, Offset::Offset(31), 1).map(|found| found.len());
    equal("out of range", beyond, Err("AutoOffsetReset".to_owned()))
}

fn topics() -> Outcome {
    let topic = topic_name("made");
    admin::ready(&topic, 3)?;
    equal("created again", admin::create(&topic, 3), Err(RDKafkaErrorCode::TopicAlreadyExists))?;
    equal("a path", admin::create("../escape", 1), Err(RDKafkaErrorCode::InvalidTopic))?;
    equal("deleted", admin::delete(&topic), Ok(()))?;
    equal("deleted again", admin::delete(&topic), Err(RDKafkaErrorCode::UnknownTopicOrPartition))
}

fn main() {
    let cases = cases::read();
    let round = std::env::args().nth(1);
    if round.as_deref() == Some("groups") {
        groups::run();
    } else if round.as_deref() == Some("read") {
        for one in cases::written() {
            let expected: Vec<_> = cases.records.iter().filter(|case| !one.without.contains(&case.name)).cloned().collect();
            check(&format!("reads {} written by {}", one.codec, one.from), move || compare(&one.topic, &expected));
        }
    } else {
        for codec in cases.codecs.clone() {
            let cases = cases.clone();
            check(&format!("writes and reads {codec}"), move || writes_and_reads(&codec, &cases));
        }
        let all = cases.clone();
        check("spreads records over 100 partitions, each in order", move || many_partitions(&all));
        for (name, value) in [("acks", "0"), ("acks", "1"), ("acks", "all"), ("enable.idempotence", "true")] {
            let topic = format!("{name}-{value}");
            check(&format!("produces with {name}={value}, in order"), move || in_order(&topic, &[(name, value)]));
        }
        check("stores a record of 1 MB, and is refused more", move || limits(&cases));
        check("finds offsets, by time as well, and reads from them", offsets);
        check("creates and deletes topics", topics);
    }
    say("done");
}
