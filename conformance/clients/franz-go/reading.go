// Reading: positions, times, isolation, what is out of range or unknown.

package main

import (
	"context"
	"strconv"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func checkReading(admin *kadm.Client) {
	for _, one := range []struct {
		name  string
		start kgo.Offset
	}{
		{"an offset", kgo.NewOffset().At(20)},
		{"an offset before the end", kgo.NewOffset().AtEnd().Relative(-10)},
		{"an offset after the start", kgo.NewOffset().AtStart().Relative(20)},
		{"a time", kgo.NewOffset().AfterMilli(20_500)},
		{"an offset with its epoch", kgo.NewOffset().At(20).WithEpoch(0)},
	} {
		suite.Check("reads from "+one.name, func(ctx context.Context) error { return readsFrom(ctx, admin, one.start) })
	}
	suite.Check("reads with read_committed", func(ctx context.Context) error { return readsCommitted(ctx, admin) })
	suite.Check("moves to another offset while reading", func(ctx context.Context) error { return moves(ctx, admin) })
	suite.Check("is told that an offset is out of range", func(ctx context.Context) error { return outOfRange(ctx, admin) })
	suite.Check("is told that a topic does not exist", unknownTopic)
}

func readsFrom(ctx context.Context, admin *kadm.Client, start kgo.Offset) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 30); err != nil {
		return err
	}
	found, err := read(ctx, 10, at(topic, start))
	if err != nil {
		return err
	}
	for i, record := range found {
		if err := suite.Equal("value", string(record.Value), strconv.Itoa(20+i)); err != nil {
			return err
		}
	}
	return nil
}

func readsCommitted(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 9); err != nil {
		return err
	}
	found, err := readAll(ctx, admin, topic, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		return err
	}
	return suite.Equal("records", len(found), 9)
}

func moves(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 30); err != nil {
		return err
	}
	consumer := client(kgo.ConsumePartitions(at(topic, kgo.NewOffset().AtStart())))
	defer consumer.Close()
	for _, offset := range []int64{0, 25, 3} {
		consumer.SetOffsets(map[string]map[int32]kgo.EpochOffset{topic: {0: {Epoch: -1, Offset: offset}}})
		found, err := take(ctx, consumer, 3)
		if err != nil {
			return err
		}
		if err := suite.Equal("offset", found[0].Offset, offset); err != nil {
			return err
		}
	}
	return nil
}

func outOfRange(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 3); err != nil {
		return err
	}
	_, err = read(ctx, 1, at(topic, kgo.NewOffset().At(100)), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	return suite.Fails(kerr.OffsetOutOfRange, err)
}

func unknownTopic(ctx context.Context) error {
	options := []kgo.Opt{kgo.UnknownTopicRetries(0), kgo.KeepRetryableFetchErrors()}
	_, err := read(ctx, 1, at(topicName("unknown"), kgo.NewOffset().AtStart()), options...)
	return suite.Fails(kerr.UnknownTopicOrPartition, err)
}
