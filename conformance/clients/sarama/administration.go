// Administration through sarama's ClusterAdmin.

package main

import (
	"errors"
	"time"

	"conformance/suite"

	"github.com/IBM/sarama"
)

func (s *session) checkAdministration() {
	check("creates, describes and deletes a topic", s.topicsComeAndGo)
	check("refuses topics that are wrong", s.refusesTopics)
	check("adds partitions, and refuses to remove them", s.addsPartitions)
	check("alters and describes configs", s.configs)
	check("deletes records", s.deletesRecords)
	check("describes the cluster, log directories and elections", s.cluster)
}

func (s *session) topicsComeAndGo() error {
	topic, err := s.newTopic(3)
	if err != nil {
		return err
	}
	described, err := s.admin.DescribeTopics([]string{topic})
	if err != nil {
		return err
	}
	listed, err := s.admin.ListTopics()
	return suite.All(
		func() error { return err },
		func() error { return suite.Equal("partitions", len(described[0].Partitions), 3) },
		func() error { return suite.Equal("partitions listed", listed[topic].NumPartitions, int32(3)) },
		func() error {
			return suite.Equal("retention.ms listed", *listed[topic].ConfigEntries["retention.ms"], "-1")
		},
		func() error { return s.admin.DeleteTopic(topic) },
		func() error { return suite.Fails(sarama.ErrUnknownTopicOrPartition, s.admin.DeleteTopic(topic)) },
	)
}

func (s *session) refusesTopics() error {
	existing, err := s.newTopic(1)
	if err != nil {
		return err
	}
	create := func(topic string, partitions int32, factor int16, configs map[string]*string) error {
		detail := sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: factor, ConfigEntries: configs}
		return s.admin.CreateTopic(topic, &detail, false)
	}
	bad, fresh := "1", topicName("refused")
	return suite.All(
		func() error { return suite.Fails(sarama.ErrTopicAlreadyExists, create(existing, 1, 1, nil)) },
		func() error { return suite.Fails(sarama.ErrInvalidTopic, create("../escape", 1, 1, nil)) },
		func() error { return suite.Fails(sarama.ErrInvalidPartitions, create(fresh, 0, 1, nil)) },
		func() error { return suite.Fails(sarama.ErrInvalidReplicationFactor, create(fresh, 1, 0, nil)) },
		func() error {
			return suite.Fails(sarama.ErrInvalidConfig, create(fresh, 1, 1, map[string]*string{"no.such.config": &bad}))
		},
	)
}

func (s *session) addsPartitions() error {
	topic, err := s.newTopic(2)
	if err != nil {
		return err
	}
	return suite.All(
		func() error { return s.admin.CreatePartitions(topic, 6, nil, false) },
		func() error {
			return suite.Fails(sarama.ErrInvalidPartitions, s.admin.CreatePartitions(topic, 4, nil, false))
		},
		func() error {
			described, err := s.admin.DescribeTopics([]string{topic})
			return errors.Join(err, suite.Equal("partitions", len(described[0].Partitions), 6))
		},
	)
}

func (s *session) configs() error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	alter := func(operation sarama.IncrementalAlterConfigsOperation, name, value string) error {
		entries := map[string]sarama.IncrementalAlterConfigsEntry{name: {Operation: operation, Value: &value}}
		return s.admin.IncrementalAlterConfig(sarama.TopicResource, topic, entries, false)
	}
	becomes := func(name, expected string) error {
		var actual string
		// a change reaches the broker's own view a moment after the controller's answer
		for range 100 {
			entries, err := s.admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{name}})
			if err != nil {
				return err
			}
			if actual = entries[0].Value; actual == expected && len(entries) == 1 {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
		}
		return suite.Equal(name, actual, expected)
	}
	policy := "compact"
	return suite.All(
		func() error { return alter(sarama.IncrementalAlterConfigsOperationSet, "max.message.bytes", "5000") },
		func() error { return becomes("max.message.bytes", "5000") },
		func() error { return alter(sarama.IncrementalAlterConfigsOperationDelete, "max.message.bytes", "") },
		func() error { return becomes("max.message.bytes", "1048588") },
		func() error {
			return suite.Fails(sarama.ErrInvalidConfig, alter(sarama.IncrementalAlterConfigsOperationSet, "retention.ms", "soon"))
		},
		// the older AlterConfigs replaces all of a topic's configs
		func() error {
			return s.admin.AlterConfig(sarama.TopicResource, topic, map[string]*string{"cleanup.policy": &policy}, false)
		},
		func() error { return becomes("cleanup.policy", "compact") },
		func() error { return becomes("retention.ms", "604800000") },
	)
}

func (s *session) deletesRecords() error {
	topic, err := s.filled(20)
	if err != nil {
		return err
	}
	return suite.All(
		func() error { return s.admin.DeleteRecords(topic, map[int32]int64{0: 7}) },
		func() error {
			oldest, err := s.client.GetOffset(topic, 0, sarama.OffsetOldest)
			return errors.Join(err, suite.Equal("oldest", oldest, int64(7)))
		},
		func() error {
			return suite.Fails(sarama.ErrOffsetOutOfRange, s.admin.DeleteRecords(topic, map[int32]int64{0: 21}))
		},
	)
}

func (s *session) cluster() error {
	topic, err := s.filled(5)
	if err != nil {
		return err
	}
	found, controller, err := s.admin.DescribeCluster()
	if err != nil {
		return err
	}
	directories, err := s.admin.DescribeLogDirs([]int32{controller})
	if err != nil {
		return err
	}
	elected, err := s.admin.ElectLeaders(sarama.PreferredElection, map[string][]int32{topic: {0}})
	return suite.All(
		func() error { return err },
		func() error { return suite.Equal("address", found[0].Addr(), brokers[0]) },
		func() error { return suite.Holds("a log directory is there", len(directories[controller]) > 0) },
		func() error { return suite.Fails(sarama.ErrElectionNotNeeded, elected[topic][0].ErrorCode) },
	)
}
