// Groups: sarama's consumer group with each strategy, what it commits, its admin client on groups.

package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"conformance/suite"

	"github.com/IBM/sarama"
)

const groupPartitions = 4

func (s *session) checkGroups() {
	strategies := []sarama.BalanceStrategy{
		sarama.NewBalanceStrategyRange(), sarama.NewBalanceStrategyRoundRobin(), sarama.NewBalanceStrategySticky(),
	}
	for _, one := range strategies {
		suite.Check(one.Name()+": members share, and every record is read once", func(context.Context) error { return s.share(one) })
	}
	suite.Check("a member goes on where the last one marked and committed", func(context.Context) error { return s.resume() })
	suite.Check("a static member comes back to what it had", func(context.Context) error { return s.staticRestart() })
	suite.Check("lists, describes and deletes groups, not with members", func(context.Context) error { return s.administer() })
	suite.Check("reads and deletes offsets", func(context.Context) error { return s.offsets() })
	suite.Check("as a client of Kafka 2.1: members share, and every record is read once", func(context.Context) error {
		old, err := connect(sarama.V2_1_0_0)
		if err != nil {
			return err
		}
		old.topics = 1_000
		return old.share(sarama.NewBalanceStrategyRange())
	})
}

// member is a consumer group's handler: what it is given, it reads and marks.
type member struct {
	suite.Progress
	topic string
	group sarama.ConsumerGroup
	stop  context.CancelFunc
	ended chan struct{}
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.Revoke(m.Assigned())
	m.Assign(session.Claims()[m.topic])
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error {
	m.Revoke(m.Assigned())
	return nil
}

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, open := <-claim.Messages():
			if !open {
				return nil
			}
			m.Note(message.Partition, message.Offset)
			session.MarkMessage(message, "read by "+session.MemberID()[:6])
		case <-session.Context().Done():
			return nil
		}
	}
}

func (s *session) join(topic string, strategy sarama.BalanceStrategy, instance string) (*member, error) {
	config := s.config()
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Interval = 100 * time.Millisecond
	config.Consumer.Return.Errors = false
	config.Consumer.MaxWaitTime = 100 * time.Millisecond
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{strategy}
	config.Consumer.Group.Session.Timeout = 6 * time.Second
	config.Consumer.Group.Heartbeat.Interval = 100 * time.Millisecond
	config.Consumer.Group.InstanceId = instance
	group, err := sarama.NewConsumerGroup(brokers, topic, config)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	m := &member{topic: topic, group: group, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(m.ended)
		for ctx.Err() == nil {
			if err := group.Consume(ctx, []string{topic}, m); errors.Is(err, sarama.ErrClosedConsumerGroup) {
				return
			}
		}
	}()
	return m, nil
}

func (m *member) leave() {
	m.stop()
	<-m.ended
	_ = m.group.Close()
}

func (s *session) fillAll(topic string, each int, partitions int) error {
	var messages []*sarama.ProducerMessage
	for i := range each * partitions {
		value := sarama.StringEncoder(strconv.Itoa(i))
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Partition: int32(i % partitions), Value: value})
	}
	return s.send(messages, s.config())
}

func (s *session) share(strategy sarama.BalanceStrategy) error {
	topic, err := s.newTopic(groupPartitions)
	if err != nil {
		return err
	}
	first, err := s.join(topic, strategy, "")
	if err != nil {
		return err
	}
	defer first.leave()
	second, err := s.join(topic, strategy, "")
	if err != nil {
		return err
	}
	var read []string
	err = suite.All(
		func() error { return suite.UntilShared(groupPartitions, &first.Progress, &second.Progress) },
		func() error { return s.fillAll(topic, 3, groupPartitions) },
		func() (err error) {
			read, err = suite.UntilRead(3*groupPartitions, &first.Progress, &second.Progress)
			return err
		},
		func() error { return suite.EachOnce(read) },
	)
	second.leave()
	return suite.All(
		func() error { return err },
		func() error { return suite.UntilShared(groupPartitions, &first.Progress) },
		func() error { return s.fillAll(topic, 1, groupPartitions) },
		func() (err error) {
			read, err = suite.UntilRead(4*groupPartitions, &first.Progress, &second.Progress)
			return err
		},
		func() error { return suite.EachOnce(read) },
	)
}

func (s *session) resume() error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	for round := range 3 {
		if err := s.fillAll(topic, 5, 1); err != nil {
			return err
		}
		one, err := s.join(topic, sarama.NewBalanceStrategyRange(), "")
		if err != nil {
			return err
		}
		read, err := suite.UntilRead(5, &one.Progress)
		one.leave()
		if err != nil {
			return err
		}
		if err := suite.Equal("the first record", read[0], "0:"+strconv.Itoa(5*round)); err != nil {
			return err
		}
	}
	found, err := s.admin.ListConsumerGroupOffsets(topic, map[string][]int32{topic: {0}})
	if err != nil {
		return err
	}
	block := found.GetBlock(topic, 0)
	return suite.All(
		func() error { return suite.Equal("committed", block.Offset, int64(15)) },
		func() error { return suite.Holds("with metadata", len(block.Metadata) > len("read by ")) },
	)
}

func (s *session) staticRestart() error {
	topic, err := s.newTopic(groupPartitions)
	if err != nil {
		return err
	}
	var members []*member
	for _, name := range []string{"one", "other"} {
		made, err := s.join(topic, sarama.NewBalanceStrategyRange(), name)
		if err != nil {
			return err
		}
		members = append(members, made)
	}
	first, other := members[0], members[1]
	defer other.leave()
	if err := suite.UntilShared(groupPartitions, &first.Progress, &other.Progress); err != nil {
		return err
	}
	had := first.Assigned()
	first.leave()
	again, err := s.join(topic, sarama.NewBalanceStrategyRange(), "one")
	if err != nil {
		return err
	}
	defer again.leave()
	if err := suite.UntilShared(groupPartitions, &again.Progress, &other.Progress); err != nil {
		return err
	}
	return suite.Equal("assigned", again.Assigned(), had)
}

func (s *session) administer() error {
	topic, err := s.newTopic(groupPartitions)
	if err != nil {
		return err
	}
	one, err := s.join(topic, sarama.NewBalanceStrategyRange(), "")
	if err != nil {
		return err
	}
	var described []*sarama.GroupDescription
	err = suite.All(
		func() error { return suite.UntilShared(groupPartitions, &one.Progress) },
		func() error {
			return suite.Until("it is stable", func() bool {
				described, err = s.admin.DescribeConsumerGroups([]string{topic})
				return err == nil && described[0].State == "Stable"
			})
		},
		func() error { return suite.Equal("protocol", described[0].Protocol, "range") },
		func() error { return suite.Equal("members", len(described[0].Members), 1) },
		func() error {
			listed, err := s.admin.ListConsumerGroups()
			return suite.All(func() error { return err }, func() error { return suite.Equal("listed", listed[topic], "consumer") })
		},
		func() error { return suite.Fails(sarama.ErrNonEmptyGroup, s.admin.DeleteConsumerGroup(topic)) },
	)
	one.leave()
	return suite.All(
		func() error { return err },
		func() error { return s.admin.DeleteConsumerGroup(topic) },
		func() error { return suite.Fails(sarama.ErrGroupIDNotFound, s.admin.DeleteConsumerGroup(topic)) },
	)
}

func (s *session) offsets() error {
	topic, err := s.newTopic(1)
	if err != nil {
		return err
	}
	manager, err := sarama.NewOffsetManagerFromClient(topic, s.client)
	if err != nil {
		return err
	}
	partition, err := manager.ManagePartition(topic, 0)
	if err != nil {
		return err
	}
	partition.MarkOffset(7, "by hand")
	manager.Commit()
	_ = partition.Close()
	_ = manager.Close()
	committed := func() (int64, error) {
		found, err := s.admin.ListConsumerGroupOffsets(topic, map[string][]int32{topic: {0}})
		if err != nil {
			return 0, err
		}
		return found.GetBlock(topic, 0).Offset, nil
	}
	expect := func(what string, wanted int64) error {
		found, err := committed()
		return suite.All(func() error { return err }, func() error { return suite.Equal(what, found, wanted) })
	}
	return suite.All(
		func() error { return expect("committed", 7) },
		func() error { return s.admin.DeleteConsumerGroupOffset(topic, topic, 0) },
		func() error { return expect("deleted", -1) },
	)
}
