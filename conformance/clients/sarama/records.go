// Producing: codecs, partitions, acknowledgements, idempotence, limits.

package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"conformance/suite"

	"github.com/IBM/sarama"
)

var codecs = map[string]sarama.CompressionCodec{
	"none":   sarama.CompressionNone,
	"gzip":   sarama.CompressionGZIP,
	"snappy": sarama.CompressionSnappy,
	"lz4":    sarama.CompressionLZ4,
	"zstd":   sarama.CompressionZSTD,
}

func check(name string, body func() error) {
	suite.Check(name, func(context.Context) error { return body() })
}

func (s *session) checkRecords(cases suite.Cases) {
	for _, codec := range cases.Codecs {
		check("writes and reads "+codec, func() error {
			topic := topicName(codec)
			if err := s.writesAndReads(topic, codec, cases.Records); err != nil {
				return err
			}
			suite.Say("wrote %s %s", codec, topic)
			return nil
		})
		check("writes and reads "+codec+" as a client of Kafka 2.1", func() error {
			old, err := connect(sarama.V2_1_0_0)
			if err != nil {
				return err
			}
			defer old.admin.Close()
			return old.writesAndReads(topicName("old-"+codec), codec, cases.Records)
		})
	}
	check("spreads records over 100 partitions, each in order", func() error { return s.manyPartitions(cases) })
	for _, one := range []struct {
		name string
		set  func(*sarama.Config)
	}{
		{"acks=0", func(config *sarama.Config) { config.Producer.RequiredAcks = sarama.NoResponse }},
		{"acks=1", func(config *sarama.Config) { config.Producer.RequiredAcks = sarama.WaitForLocal }},
		{"acks=all", func(config *sarama.Config) {}},
		{"idempotence", func(config *sarama.Config) {
			config.Producer.Idempotent = true
			config.Net.MaxOpenRequests = 1
		}},
	} {
		check("produces with "+one.name+", in order", func() error { return s.inOrder(one.set) })
	}
	check("stores a record of 1 MB, and is refused more", func() error { return s.limits(cases) })
	check("refuses a timestamp more than an hour ahead", s.fromTheFuture)
}

// encoder keeps null apart from empty.
func encoder(value []byte) sarama.Encoder {
	if value == nil {
		return nil
	}
	return sarama.ByteEncoder(value)
}

func (s *session) writesAndReads(topic, codec string, records []suite.Record) error {
	if err := s.createTopic(topic, 1); err != nil {
		return err
	}
	var messages []*sarama.ProducerMessage
	for _, one := range records {
		message := &sarama.ProducerMessage{Topic: topic, Key: encoder(one.Key), Value: encoder(one.Value)}
		for _, header := range one.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Name), Value: header.Value})
		}
		if one.TimestampMs != nil {
			message.Timestamp = time.UnixMilli(*one.TimestampMs)
		}
		messages = append(messages, message)
	}
	config := s.config()
	config.Producer.Compression = codecs[codec]
	if err := s.send(messages, config); err != nil {
		return err
	}
	return s.compareTopic(topic, records)
}

func (s *session) compareTopic(topic string, expected []suite.Record) error {
	messages, err := s.read(topic, 0, sarama.OffsetOldest, len(expected), s.config())
	if err != nil {
		return err
	}
	var found []suite.Record
	for i, message := range messages {
		if err := suite.Equal("offset", message.Offset, int64(i)); err != nil {
			return err
		}
		timestampMs := message.Timestamp.UnixMilli()
		record := suite.Record{Key: message.Key, Value: message.Value, TimestampMs: &timestampMs}
		for _, pair := range message.Headers {
			record.Headers = append(record.Headers, suite.Header{Name: string(pair.Key), Value: pair.Value})
		}
		found = append(found, record)
	}
	return suite.Compare(expected, found)
}

func (s *session) manyPartitions(cases suite.Cases) error {
	topic, err := s.newTopic(int32(cases.Partitions))
	if err != nil {
		return err
	}
	var messages []*sarama.ProducerMessage
	for i := range cases.RecordsPerPartition {
		for partition := range int32(cases.Partitions) {
			value := sarama.StringEncoder(fmt.Sprintf("%d:%d", partition, i))
			messages = append(messages, &sarama.ProducerMessage{Topic: topic, Partition: partition, Value: value})
		}
	}
	if err := s.send(messages, s.config()); err != nil {
		return err
	}
	for partition := range int32(cases.Partitions) {
		found, err := s.read(topic, partition, 0, cases.RecordsPerPartition, s.config())
		if err != nil {
			return err
		}
		for i, message := range found {
			if err := suite.Equal("value", string(message.Value), fmt.Sprintf("%d:%d", partition, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) inOrder(set func(*sarama.Config)) error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	config := s.config()
	set(config)
	const count = 5_000
	var messages []*sarama.ProducerMessage
	for i := range count {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(strconv.Itoa(i))})
	}
	if err := s.send(messages, config); err != nil {
		return err
	}
	found, err := s.read(topic, 0, 0, count, s.config())
	if err != nil {
		return err
	}
	for i, message := range found {
		if err := suite.Equal("value", string(message.Value), strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) limits(cases suite.Cases) error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	one := func(value []byte) error {
		return s.send([]*sarama.ProducerMessage{{Topic: topic, Value: sarama.ByteEncoder(value)}}, s.config())
	}
	if err := one(cases.LargestValue); err != nil {
		return err
	}
	if err := suite.Fails(sarama.ErrMessageSizeTooLarge, one(cases.TooLargeValue)); err != nil {
		return err
	}
	found, err := s.read(topic, 0, 0, 1, s.config())
	if err != nil {
		return err
	}
	return suite.Holds("the value is the one sent", bytes.Equal(found[0].Value, cases.LargestValue))
}

func (s *session) fromTheFuture() error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	message := &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder("x"), Timestamp: time.Now().Add(2 * time.Hour)}
	return suite.Fails(sarama.ErrInvalidTimestamp, s.send([]*sarama.ProducerMessage{message}, s.config()))
}
