"""The records of cases.json, and how records that were read compare with them."""

import json
import os
from collections import namedtuple

from checks import equal

Case = namedtuple("Case", "name key value headers timestamp_ms")


def bytes_of(spec):
    if spec is None:
        return None
    if "text" in spec:
        return spec["text"].encode()
    if "hex" in spec:
        return bytes.fromhex(spec["hex"])
    length = spec["bytes"]
    if "repeat" in spec:
        unit = spec["repeat"].encode()
        return (unit * (length // len(unit) + 1))[:length]
    result = bytearray(length)
    state = spec["random"]
    for index in range(length):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        result[index] = state >> 24
    return bytes(result)


def _case(record):
    headers = [(name, bytes_of(value)) for name, value in record.get("headers", [])]
    return Case(record["name"], bytes_of(record["key"]), bytes_of(record["value"]), headers, record.get("timestampMs"))


with open(os.environ["CONFORMANCE_CASES"], encoding="utf-8") as file:
    _root = json.load(file)

CODECS = _root["codecs"]
RECORDS = [_case(record) for record in _root["records"]]
LARGEST_VALUE = bytes_of(_root["largestValue"])
TOO_LARGE_VALUE = bytes_of(_root["tooLargeValue"])
PARTITIONS = _root["partitions"]
RECORDS_PER_PARTITION = _root["recordsPerPartition"]


def compare(expected, messages):
    equal("number of records", len(messages), len(expected))
    for index, (case, message) in enumerate(zip(expected, messages)):
        equal(f"{case.name}: offset", message.offset(), index)
        equal(f"{case.name}: key", message.key(), case.key)
        equal(f"{case.name}: value", message.value(), case.value)
        equal(f"{case.name}: headers", message.headers() or [], case.headers)
        if case.timestamp_ms is not None:
            equal(f"{case.name}: timestamp", message.timestamp()[1], case.timestamp_ms)
