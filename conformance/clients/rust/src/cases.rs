//! The records of cases.json.

use std::env;
use std::fs;

use serde_json::Value;

pub type Bytes = Option<Vec<u8>>;

#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub key: Bytes,
    pub value: Bytes,
    pub headers: Vec<(String, Bytes)>,
    pub timestamp_ms: Option<i64>,
}

#[derive(Clone)]
pub struct Cases {
    pub codecs: Vec<String>,
    pub records: Vec<Case>,
    pub largest_value: Vec<u8>,
    pub too_large_value: Vec<u8>,
    pub partitions: i32,
    pub records_per_partition: i32,
}

/// A topic that another suite filled with the cases.
pub struct Written {
    pub from: String,
    pub codec: String,
    pub topic: String,
    pub without: Vec<String>,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn bytes(spec: &Value) -> Bytes {
    if spec.is_null() {
        return None;
    }
    if let Some(text) = spec["text"].as_str() {
        return Some(text.as_bytes().to_vec());
    }
    if let Some(hex) = spec["hex"].as_str() {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        return Some((0..hex.len()).step_by(2).map(byte).collect());
    }
    let length = spec["bytes"].as_u64().expect("a length") as usize;
    if let Some(unit) = spec["repeat"].as_str() {
        return Some(unit.bytes().cycle().take(length).collect());
    }
    let mut state = spec["random"].as_u64().expect("a seed") as u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    Some(std::iter::repeat_with(next).take(length).collect())
}

fn case(record: &Value) -> Case {
    Case {
        name: text(&record["name"]),
        key: bytes(&record["key"]),
        value: bytes(&record["value"]),
        headers: list(&record["headers"]).iter().map(|pair| (text(&pair[0]), bytes(&pair[1]))).collect(),
        timestamp_ms: record["timestampMs"].as_i64(),
    }
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("JSON")
}

pub fn variable(name: &str) -> String {
    env::var(format!("CONFORMANCE_{name}")).expect("the runner sets it")
}

pub fn read() -> Cases {
    let root = parse(&fs::read_to_string(variable("CASES")).expect("cases.json"));
    Cases {
        codecs: list(&root["codecs"]).iter().map(text).collect(),
        records: list(&root["records"]).iter().map(case).collect(),
        largest_value: bytes(&root["largestValue"]).expect("bytes"),
        too_large_value: bytes(&root["tooLargeValue"]).expect("bytes"),
        partitions: root["partitions"].as_i64().expect("a number") as i32,
        records_per_partition: root["recordsPerPartition"].as_i64().expect("a number") as i32,
    }
}

pub fn written() -> Vec<Written> {
    let topic = |one: &Value| Written {
        from: text(&one["from"]),
        codec: text(&one["codec"]),
        topic: text(&one["topic"]),
        without: list(&one["without"]).iter().map(text).collect(),
    };
    list(&parse(&variable("TOPICS"))).iter().map(topic).collect()
}
