// Reading: positions, times, isolation, what is out of range or unknown.

package main

import (
	"conformance/suite"

	"github.com/IBM/sarama"
)

func (s *session) checkReading() {
	check("reads from an offset", s.readsFromOffset)
	check("finds offsets for times, the beginning and the end", s.findsOffsets)
	check("reads with read_committed", s.readsCommitted)
	check("is told that an offset is out of range", s.outOfRange)
	check("is told that a topic does not exist", func() error {
		_, err := s.read(topicName("unknown"), 0, 0, 1, s.config())
		return suite.Fails(sarama.ErrUnknownTopicOrPartition, err)
	})
}

func (s *session) readsFromOffset() error {
	topic, err := s.filled(30)
	if err != nil {
		return err
	}
	found, err := s.read(topic, 0, 20, 10, s.config())
	if err != nil {
		return err
	}
	return suite.Equal("first value", string(found[0].Value), "20")
}

func (s *session) findsOffsets() error {
	topic, err := s.filled(50)
	if err != nil {
		return err
	}
	for _, one := range []struct{ time, offset int64 }{
		{sarama.OffsetOldest, 0}, {sarama.OffsetNewest, 50}, {0, 0}, {1_000, 0}, {10_500, 10}, {50_000, 49}, {50_001, -1},
	} {
		offset, err := s.client.GetOffset(topic, 0, one.time)
		if err != nil {
			return err
		}
		if err := suite.Equal("offset", offset, one.offset); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) readsCommitted() error {
	topic, err := s.filled(9)
	if err != nil {
		return err
	}
	config := s.config()
	config.Consumer.IsolationLevel = sarama.ReadCommitted
	_, err = s.read(topic, 0, 0, 9, config)
	return err
}

func (s *session) outOfRange() error {
	topic, err := s.filled(3)
	if err != nil {
		return err
	}
	_, err = s.read(topic, 0, 100, 1, s.config())
	return suite.Fails(sarama.ErrOffsetOutOfRange, err)
}
