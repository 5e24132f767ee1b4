// Administration through kadm: topics, partitions, configs, offsets, records deleted, and what the cluster tells.

package main

import (
	"context"
	"errors"
	"time"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

func checkAdministration(admin *kadm.Client) {
	bodies := []struct {
		name string
		body func(context.Context, *kadm.Client) error
	}{
		{"creates, describes and deletes a topic", topicsComeAndGo},
		{"refuses topics that are wrong", refusesTopics},
		{"adds partitions, and refuses to remove them", partitions},
		{"alters and describes configs", configs},
		{"lists offsets of every kind", offsets},
		{"deletes records", deletesRecords},
		{"finds the end of a leader epoch", leaderEpochs},
		{"describes producers, log directories and elections", cluster},
		{"tells brokers, controller and supported versions", metadata},
	}
	for _, one := range bodies {
		suite.Check(one.name, func(ctx context.Context) error { return one.body(ctx, admin) })
	}
}

func topicsComeAndGo(ctx context.Context, admin *kadm.Client) error {
	topic := topicName("made")
	created, err := admin.CreateTopic(ctx, 3, 1, nil, topic)
	if err != nil {
		return err
	}
	// a broker may learn of a topic after the controller's answer
	var found kadm.TopicDetail
	for range 100 {
		details, err := admin.ListTopics(ctx, topic)
		if err != nil {
			return err
		}
		if found = details[topic]; found.Err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := suite.All(
		func() error { return found.Err },
		func() error { return suite.Equal("partitions answered", created.NumPartitions, int32(3)) },
		func() error { return suite.Equal("partitions", len(found.Partitions), 3) },
		func() error { return suite.Equal("id", found.ID, created.ID) },
		func() error {
			return suite.Equal("in sync", found.Partitions[2].ISR, []int32{found.Partitions[2].Leader})
		},
	); err != nil {
		return err
	}
	if _, err := admin.DeleteTopic(ctx, topic); err != nil {
		return err
	}
	_, err = admin.DeleteTopic(ctx, topic)
	return suite.Fails(kerr.UnknownTopicOrPartition, err)
}

func refusesTopics(ctx context.Context, admin *kadm.Client) error {
	existing, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	bad, fresh := "1", topicName("refused")
	create := func(topic string, partitions int32, factor int16, configs map[string]*string) error {
		_, err := admin.CreateTopic(ctx, partitions, factor, configs, topic)
		return err
	}
	return suite.All(
		func() error { return suite.Fails(kerr.TopicAlreadyExists, create(existing, 1, 1, nil)) },
		func() error { return suite.Fails(kerr.InvalidTopicException, create("../escape", 1, 1, nil)) },
		func() error { return suite.Fails(kerr.InvalidPartitions, create(fresh, 0, 1, nil)) },
		func() error { return suite.Fails(kerr.InvalidReplicationFactor, create(fresh, 1, 0, nil)) },
		func() error {
			return suite.Fails(kerr.InvalidConfig, create(fresh, 1, 1, map[string]*string{"no.such.config": &bad}))
		},
	)
}

func partitions(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 2)
	if err != nil {
		return err
	}
	update := func(topic string, total int) error {
		responses, err := admin.UpdatePartitions(ctx, total, topic)
		return errors.Join(err, responses.Error())
	}
	return suite.All(
		func() error { return update(topic, 6) },
		func() error { return suite.Fails(kerr.InvalidPartitions, update(topic, 4)) },
		func() error {
			details, err := admin.ListTopics(ctx, topic)
			return errors.Join(err, suite.Equal("partitions", len(details[topic].Partitions), 6))
		},
	)
}

func configs(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	alter := func(operation kadm.IncrementalOp, name, value string) error {
		responses, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: operation, Name: name, Value: &value}}, topic)
		if err != nil {
			return err
		}
		return responses[0].Err
	}
	becomes := func(name, expected string) error {
		var actual string
		// a change reaches the broker's own view a moment after the controller's answer
		for range 100 {
			described, err := admin.DescribeTopicConfigs(ctx, topic)
			if err != nil {
				return err
			}
			for _, config := range described[0].Configs {
				if config.Key == name {
					actual = config.MaybeValue()
				}
			}
			if actual == expected {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
		}
		return suite.Equal(name, actual, expected)
	}
	return suite.All(
		func() error { return alter(kadm.SetConfig, "max.message.bytes", "5000") },
		func() error { return becomes("max.message.bytes", "5000") },
		func() error { return alter(kadm.AppendConfig, "cleanup.policy", "compact") },
		func() error { return becomes("cleanup.policy", "delete,compact") },
		func() error { return alter(kadm.DeleteConfig, "cleanup.policy", "") },
		func() error { return becomes("cleanup.policy", "delete") },
		func() error { return suite.Fails(kerr.InvalidConfig, alter(kadm.SetConfig, "retention.ms", "soon")) },
	)
}

func offsets(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 20); err != nil {
		return err
	}
	expect := func(what string, list func() (kadm.ListedOffsets, error), expected int64) func() error {
		return func() error {
			listed, err := list()
			if err != nil {
				return err
			}
			return errors.Join(listed.Error(), suite.Equal(what, listed[topic][0].Offset, expected))
		}
	}
	after := func(ms int64) func() (kadm.ListedOffsets, error) {
		return func() (kadm.ListedOffsets, error) { return admin.ListOffsetsAfterMilli(ctx, ms, topic) }
	}
	return suite.All(
		expect("start", func() (kadm.ListedOffsets, error) { return admin.ListStartOffsets(ctx, topic) }, 0),
		expect("end", func() (kadm.ListedOffsets, error) { return admin.ListEndOffsets(ctx, topic) }, 20),
		expect("committed", func() (kadm.ListedOffsets, error) { return admin.ListCommittedOffsets(ctx, topic) }, 20),
		expect("maximum timestamp", func() (kadm.ListedOffsets, error) { return admin.ListMaxTimestampOffsets(ctx, topic) }, 19),
		expect("local start", func() (kadm.ListedOffsets, error) { return admin.ListLocalLogStartOffsets(ctx, topic) }, 0),
		expect("after 4.5 s", after(4_500), 4),
		// kadm answers the end where there is nothing later
		expect("after 20.001 s", after(20_001), 20),
	)
}

func deletesRecords(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 20); err != nil {
		return err
	}
	until := func(offset int64) (kadm.DeleteRecordsResponse, error) {
		var wanted kadm.Offsets
		wanted.AddOffset(topic, 0, offset, -1)
		responses, err := admin.DeleteRecords(ctx, wanted)
		return responses[topic][0], errors.Join(err, responses[topic][0].Err)
	}
	answered, err := until(7)
	if err != nil {
		return err
	}
	_, beyond := until(21)
	starts, err := admin.ListStartOffsets(ctx, topic)
	return suite.All(
		func() error { return err },
		func() error { return suite.Equal("low watermark", answered.LowWatermark, int64(7)) },
		func() error { return suite.Fails(kerr.OffsetOutOfRange, beyond) },
		func() error { return suite.Equal("start", starts[topic][0].Offset, int64(7)) },
	)
}

func leaderEpochs(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 12); err != nil {
		return err
	}
	var request kadm.OffsetForLeaderEpochRequest
	request.Add(topic, 0, 0)
	answers, err := admin.OffsetForLeaderEpoch(ctx, request)
	if err != nil {
		return err
	}
	answer := answers[topic][0]
	return suite.All(
		func() error { return answer.Err },
		func() error { return suite.Equal("end offset", answer.EndOffset, int64(12)) },
		func() error { return suite.Equal("epoch", answer.LeaderEpoch, int32(0)) },
	)
}
