// The records of cases.json, and how records that were read compare with them.

package suite

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Bytes are bytes as cases.json writes them down.
type Bytes struct {
	Text   *string
	Hex    *string
	Repeat *string
	Random *uint32
	Bytes  int
}

// Header is a record's header; a nil value is null.
type Header struct {
	Name  string
	Value []byte
}

// Record is a record to write, or one that was read. Nil keys and values are null; a nil timestamp is the client's choice.
type Record struct {
	Name        string
	Key, Value  []byte
	Headers     []Header
	TimestampMs *int64
}

// Cases are the contents of cases.json.
type Cases struct {
	Codecs                          []string
	Records                         []Record
	LargestValue, TooLargeValue     []byte
	Partitions, RecordsPerPartition int
}

// written is a topic that another suite filled with the cases.
type written struct {
	From, Codec, Topic string
	Without            []string
}

func (spec *Bytes) bytes() []byte {
	switch {
	case spec == nil:
		return nil
	case spec.Text != nil:
		return append([]byte{}, *spec.Text...)
	case spec.Hex != nil:
		result, err := hex.DecodeString(*spec.Hex)
		if err != nil {
			panic(err)
		}
		return result
	case spec.Repeat != nil:
		return bytes.Repeat([]byte(*spec.Repeat), spec.Bytes/len(*spec.Repeat)+1)[:spec.Bytes]
	}
	result := make([]byte, spec.Bytes)
	state := *spec.Random
	for i := range result {
		state = state*1664525 + 1013904223
		result[i] = byte(state >> 24)
	}
	return result
}

func parse(text []byte, into any) {
	if err := json.Unmarshal(text, into); err != nil {
		panic(err)
	}
}

func readCases() Cases {
	text, err := os.ReadFile(os.Getenv("CONFORMANCE_CASES"))
	if err != nil {
		panic(err)
	}
	var file struct {
		Codecs  []string
		Records []struct {
			Name        string
			Key, Value  *Bytes
			Headers     [][2]json.RawMessage
			TimestampMs *int64
		}
		LargestValue, TooLargeValue     *Bytes
		Partitions, RecordsPerPartition int
	}
	parse(text, &file)
	cases := Cases{
		Codecs:              file.Codecs,
		LargestValue:        file.LargestValue.bytes(),
		TooLargeValue:       file.TooLargeValue.bytes(),
		Partitions:          file.Partitions,
		RecordsPerPartition: file.RecordsPerPartition,
	}
	for _, one := range file.Records {
		record := Record{Name: one.Name, Key: one.Key.bytes(), Value: one.Value.bytes(), TimestampMs: one.TimestampMs}
		for _, pair := range one.Headers {
			var name string
			var value *Bytes
			parse(pair[0], &name)
			parse(pair[1], &value)
			record.Headers = append(record.Headers, Header{name, value.bytes()})
		}
		cases.Records = append(cases.Records, record)
	}
	return cases
}

// Main runs the round that the last argument names: "check" or "groups" once, or "read" for each topic that another suite wrote.
func Main(check func(Cases), read func(ctx context.Context, topic string, expected []Record) error, groups func()) {
	cases := readCases()
	if os.Args[1] == "groups" {
		groups()
	} else if os.Args[1] == "read" {
		var topics []written
		parse([]byte(os.Getenv("CONFORMANCE_TOPICS")), &topics)
		for _, one := range topics {
			expected := without(cases.Records, one.Without)
			Check("reads "+one.Codec+" written by "+one.From, func(ctx context.Context) error { return read(ctx, one.Topic, expected) })
		}
	} else {
		check(cases)
	}
	Say("done")
}

func without(records []Record, names []string) []Record {
	return slices.DeleteFunc(slices.Clone(records), func(one Record) bool { return slices.Contains(names, one.Name) })
}

// same tells null from empty.
func same(a, b []byte) bool {
	return (a == nil) == (b == nil) && bytes.Equal(a, b)
}

// Compare holds what was read against the cases. The timestamp of what was read is always set.
func Compare(expected, records []Record) error {
	if len(expected) != len(records) {
		return fmt.Errorf("expected %d records, got %d", len(expected), len(records))
	}
	for i, one := range expected {
		record := records[i]
		if !same(one.Key, record.Key) {
			return fmt.Errorf("%s: expected key %.40x, got %.40x", one.Name, one.Key, record.Key)
		}
		if !same(one.Value, record.Value) {
			return fmt.Errorf("%s: expected value %.40x, got %.40x", one.Name, one.Value, record.Value)
		}
		if one.TimestampMs != nil && *one.TimestampMs != *record.TimestampMs {
			return fmt.Errorf("%s: expected timestamp %d, got %d", one.Name, *one.TimestampMs, *record.TimestampMs)
		}
		sameHeader := func(a, b Header) bool { return a.Name == b.Name && same(a.Value, b.Value) }
		if !slices.EqualFunc(one.Headers, record.Headers, sameHeader) {
			return fmt.Errorf("%s: expected headers %v, got %v", one.Name, one.Headers, record.Headers)
		}
	}
	return nil
}
