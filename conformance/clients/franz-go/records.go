// Producing: codecs, partitions, acknowledgements, idempotence, limits.

package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func checkRecords(admin *kadm.Client, cases suite.Cases) {
	for _, codec := range cases.Codecs {
		suite.Check("writes and reads "+codec, func(ctx context.Context) error { return writesAndReads(ctx, admin, codec, cases.Records) })
	}
	suite.Check("spreads records over 100 partitions, each in order", func(ctx context.Context) error {
		return manyPartitions(ctx, admin, int32(cases.Partitions), cases.RecordsPerPartition)
	})
	notIdempotent := kgo.DisableIdempotentWrite()
	for _, one := range []struct {
		name    string
		options []kgo.Opt
	}{
		{"acks=0", []kgo.Opt{notIdempotent, kgo.RequiredAcks(kgo.NoAck())}},
		{"acks=1", []kgo.Opt{notIdempotent, kgo.RequiredAcks(kgo.LeaderAck())}},
		{"acks=all", []kgo.Opt{notIdempotent, kgo.MaxProduceRequestsInflightPerBroker(1)}},
		{"idempotence", nil},
	} {
		suite.Check("produces with "+one.name+", in order", func(ctx context.Context) error { return inOrder(ctx, admin, one.options) })
	}
	suite.Check("stores a record of 1 MB, and is refused more", func(ctx context.Context) error { return limits(ctx, admin, cases) })
	suite.Check("refuses a timestamp more than an hour ahead", func(ctx context.Context) error { return fromTheFuture(ctx, admin) })
}

func writesAndReads(ctx context.Context, admin *kadm.Client, codec string, records []suite.Record) error {
	topic := topicName(codec)
	if err := createTopic(ctx, admin, topic, 1); err != nil {
		return err
	}
	producer := client(kgo.ProducerBatchCompression(codecs[codec]), kgo.ProducerLinger(50*time.Millisecond))
	defer producer.Close()
	var sent []*kgo.Record
	for _, one := range records {
		record := &kgo.Record{Topic: topic, Key: one.Key, Value: one.Value}
		for _, header := range one.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: header.Name, Value: header.Value})
		}
		if one.TimestampMs != nil {
			record.Timestamp = time.UnixMilli(*one.TimestampMs)
		}
		sent = append(sent, record)
	}
	if err := producer.ProduceSync(ctx, sent...).FirstErr(); err != nil {
		return err
	}
	suite.Say("wrote %s %s", codec, topic)
	return compareTopic(ctx, admin, topic, records)
}

func compareTopic(ctx context.Context, admin *kadm.Client, topic string, expected []suite.Record) error {
	records, err := readAll(ctx, admin, topic)
	if err != nil {
		return err
	}
	var found []suite.Record
	for i, record := range records {
		if err := suite.Equal("offset", record.Offset, int64(i)); err != nil {
			return err
		}
		timestampMs := record.Timestamp.UnixMilli()
		one := suite.Record{Key: record.Key, Value: record.Value, TimestampMs: &timestampMs}
		for _, pair := range record.Headers {
			one.Headers = append(one.Headers, suite.Header{Name: pair.Key, Value: pair.Value})
		}
		found = append(found, one)
	}
	return suite.Compare(expected, found)
}

func manyPartitions(ctx context.Context, admin *kadm.Client, partitions int32, perPartition int) error {
	topic, err := newTopic(ctx, admin, partitions)
	if err != nil {
		return err
	}
	var records []*kgo.Record
	start := map[int32]kgo.Offset{}
	for partition := range partitions {
		start[partition] = kgo.NewOffset().AtStart()
		for i := range perPartition {
			records = append(records, &kgo.Record{Topic: topic, Partition: partition, Value: fmt.Appendf(nil, "%d:%d", partition, i)})
		}
	}
	producer := client()
	defer producer.Close()
	if err := producer.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	found, err := read(ctx, len(records), map[string]map[int32]kgo.Offset{topic: start})
	if err != nil {
		return err
	}
	next := map[int32]int{}
	for _, record := range found {
		if err := suite.Equal("value", string(record.Value), fmt.Sprintf("%d:%d", record.Partition, next[record.Partition])); err != nil {
			return err
		}
		next[record.Partition]++
	}
	return suite.Equal("partitions", len(next), int(partitions))
}

func inOrder(ctx context.Context, admin *kadm.Client, options []kgo.Opt) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	producer := client(options...)
	defer producer.Close()
	const count = 5_000
	var records []*kgo.Record
	for i := range count {
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(i))})
	}
	if err := producer.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	found, err := read(ctx, count, at(topic, kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	for i, record := range found {
		if err := suite.Equal("value", string(record.Value), strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func limits(ctx context.Context, admin *kadm.Client, cases suite.Cases) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	producer := client(kgo.ProducerBatchCompression(kgo.NoCompression()))
	defer producer.Close()
	largest := cases.LargestValue
	if err := producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: largest}).FirstErr(); err != nil {
		return err
	}
	refused := producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: cases.TooLargeValue}).FirstErr()
	if err := suite.Fails(kerr.MessageTooLarge, refused); err != nil {
		return err
	}
	found, err := readAll(ctx, admin, topic)
	if err != nil {
		return err
	}
	return suite.Holds("the value is the one sent, and alone", len(found) == 1 && bytes.Equal(found[0].Value, largest))
}

func fromTheFuture(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	producer := client()
	defer producer.Close()
	ahead := &kgo.Record{Topic: topic, Value: []byte("x"), Timestamp: time.Now().Add(2 * time.Hour)}
	return suite.Fails(kerr.InvalidTimestamp, producer.ProduceSync(ctx, ahead).FirstErr())
}
