// Groups: kgo's members in both protocols, what they commit, and kadm on groups.

package main

import (
	"context"
	"strconv"
	"time"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const groupPartitions = 6

type protocol struct {
	name    string
	options []kgo.Opt
}

func classic(name string, balancer kgo.GroupBalancer) protocol {
	options := []kgo.Opt{kgo.Balancers(balancer), kgo.SessionTimeout(6 * time.Second), kgo.HeartbeatInterval(100 * time.Millisecond)}
	return protocol{"classic, " + name, options}
}

func next(name string, balancer kgo.GroupBalancer) protocol {
	return protocol{"consumer, " + name, []kgo.Opt{kgo.Balancers(balancer), kgo.ServerSideBalancer()}}
}

func checkGroups(admin *kadm.Client) {
	on := func(name string, body func(context.Context, *kadm.Client, protocol) error, with protocol) {
		suite.Check(with.name+": "+name, func(ctx context.Context) error { return body(ctx, admin, with) })
	}
	cooperative, serverSide := classic("cooperative-sticky", kgo.CooperativeStickyBalancer()), next("uniform", kgo.StickyBalancer())
	all := []protocol{
		classic("range", kgo.RangeBalancer()), classic("roundrobin", kgo.RoundRobinBalancer()), classic("sticky", kgo.StickyBalancer()),
		cooperative, serverSide, next("range", kgo.RangeBalancer()),
	}
	for _, one := range all {
		on("members share, and every record is read once", share, one)
	}
	// in the consumer protocol kgo leaves for a while without saying who it is, and is refused
	on("a static member comes back to what it had", staticRestart, cooperative)
	for _, one := range []protocol{cooperative, serverSide} {
		on("a member goes on where the last one committed", resume, one)
		on("kadm lists, describes and deletes the group", administer, one)
	}
	suite.Check("kadm commits, fetches and deletes offsets", func(ctx context.Context) error { return groupOffsets(ctx, admin) })
}

// member is a client that polls in a goroutine, and commits all it has read when it leaves.
type member struct {
	suite.Progress
	client *kgo.Client
	polled chan struct{}
}

func join(topic string, with protocol, more ...kgo.Opt) *member {
	m := &member{polled: make(chan struct{})}
	options := append([]kgo.Opt{
		kgo.ConsumerGroup(topic), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.AutoCommitInterval(100 * time.Millisecond), kgo.MetadataMaxAge(time.Second), kgo.FetchMaxWait(100 * time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, given map[string][]int32) { m.Assign(given[topic]) }),
		kgo.OnPartitionsRevoked(func(ctx context.Context, client *kgo.Client, taken map[string][]int32) {
			_ = client.CommitUncommittedOffsets(ctx)
			m.Revoke(taken[topic])
		}),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, taken map[string][]int32) { m.Revoke(taken[topic]) }),
	}, append(with.options, more...)...)
	m.client = client(options...)
	go func() {
		defer close(m.polled)
		for {
			fetches := m.client.PollFetches(context.Background())
			if fetches.IsClientClosed() {
				return
			}
			fetches.EachRecord(func(record *kgo.Record) { m.Note(record.Partition, record.Offset) })
		}
	}()
	return m
}

func (m *member) leave(ctx context.Context) {
	_ = m.client.CommitUncommittedOffsets(ctx)
	m.client.Close()
	<-m.polled
}

func fillAll(ctx context.Context, topic string, each int) error {
	producer := client()
	defer producer.Close()
	var records []*kgo.Record
	for i := range each * groupPartitions {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % groupPartitions), Value: []byte(strconv.Itoa(i))})
	}
	return producer.ProduceSync(ctx, records...).FirstErr()
}

func share(ctx context.Context, admin *kadm.Client, with protocol) error {
	topic, err := newTopic(ctx, admin, groupPartitions)
	if err != nil {
		return err
	}
	first := join(topic, with)
	defer first.leave(ctx)
	if err := suite.UntilShared(groupPartitions, &first.Progress); err != nil {
		return err
	}
	second := join(topic, with)
	var read []string
	err = suite.All(
		func() error { return suite.UntilShared(groupPartitions, &first.Progress, &second.Progress) },
		func() error { return fillAll(ctx, topic, 3) },
		func() (err error) {
			read, err = suite.UntilRead(3*groupPartitions, &first.Progress, &second.Progress)
			return err
		},
		func() error { return suite.EachOnce(read) },
	)
	second.leave(ctx)
	return suite.All(
		func() error { return err },
		func() error { return suite.UntilShared(groupPartitions, &first.Progress) },
		func() error { return fillAll(ctx, topic, 1) },
		func() (err error) {
			read, err = suite.UntilRead(4*groupPartitions, &first.Progress, &second.Progress)
			return err
		},
		func() error { return suite.EachOnce(read) },
	)
}

func staticRestart(ctx context.Context, admin *kadm.Client, with protocol) error {
	topic, err := newTopic(ctx, admin, groupPartitions)
	if err != nil {
		return err
	}
	other := join(topic, with, kgo.InstanceID("other"))
	defer other.leave(ctx)
	first := join(topic, with, kgo.InstanceID("one"))
	if err := suite.UntilShared(groupPartitions, &first.Progress, &other.Progress); err != nil {
		return err
	}
	had := first.Assigned()
	first.leave(ctx)
	again := join(topic, with, kgo.InstanceID("one"))
	defer again.leave(ctx)
	if err := suite.UntilShared(groupPartitions, &again.Progress, &other.Progress); err != nil {
		return err
	}
	return suite.Equal("assigned", again.Assigned(), had)
}

func resume(ctx context.Context, admin *kadm.Client, with protocol) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	for round := range 3 {
		if err := fill(ctx, topic, 5); err != nil {
			return err
		}
		one := join(topic, with)
		read, err := suite.UntilRead(5, &one.Progress)
		one.leave(ctx)
		if err != nil {
			return err
		}
		if err := suite.Equal("the first record", read[0], "0:"+strconv.Itoa(5*round)); err != nil {
			return err
		}
	}
	return nil
}

func administer(ctx context.Context, admin *kadm.Client, with protocol) error {
	topic, err := newTopic(ctx, admin, groupPartitions)
	if err != nil {
		return err
	}
	one := join(topic, with)
	kind := "classic"
	if with.name[:7] != kind {
		kind = "consumer"
	}
	members := func() (int, error) {
		if kind == "classic" {
			found, err := admin.DescribeGroups(ctx, topic)
			return len(found[topic].Members), err
		}
		found, err := admin.DescribeConsumerGroups(ctx, topic)
		return len(found[topic].Members), err
	}
	err = suite.All(
		func() error { return suite.UntilShared(groupPartitions, &one.Progress) },
		func() error {
			return suite.Until("it is listed as stable", func() bool {
				listed, err := admin.ListGroupsByType(ctx, []string{kind}, "Stable")
				return err == nil && listed[topic].Group == topic
			})
		},
		func() error {
			count, err := members()
			return suite.All(func() error { return err }, func() error { return suite.Equal("members", count, 1) })
		},
		func() error {
			deleted, err := admin.DeleteGroup(ctx, topic)
			return suite.All(func() error { return suite.Fails(kerr.NonEmptyGroup, err) }, func() error { return suite.Equal("group", deleted.Group, topic) })
		},
	)
	one.leave(ctx)
	if err != nil {
		return err
	}
	_, err = admin.DeleteGroup(ctx, topic)
	return err
}

func groupOffsets(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 2)
	if err != nil {
		return err
	}
	committed := make(kadm.Offsets)
	committed.Add(kadm.Offset{Topic: topic, Partition: 0, At: 5, LeaderEpoch: 0, Metadata: "where we are"})
	committed.Add(kadm.Offset{Topic: topic, Partition: 1, At: 6, LeaderEpoch: -1})
	if err := admin.CommitAllOffsets(ctx, topic, committed); err != nil {
		return err
	}
	found, err := admin.FetchOffsets(ctx, topic)
	if err != nil {
		return err
	}
	first, _ := found.Lookup(topic, 0)
	var set kadm.TopicsSet
	set.Add(topic, 1)
	if _, err := admin.DeleteOffsets(ctx, topic, set); err != nil {
		return err
	}
	left := admin.FetchManyOffsets(ctx, topic, topic+"-unknown")
	return suite.All(
		func() error { return suite.Equal("offset", first.At, int64(5)) },
		func() error { return suite.Equal("metadata", first.Metadata, "where we are") },
		func() error { return suite.Equal("leader epoch", first.LeaderEpoch, int32(0)) },
		func() error { return left.Error() },
		func() error { return suite.Equal("left", len(left[topic].Fetched[topic]), 1) },
		func() error {
			return suite.Equal("of a group that does not exist", len(left[topic+"-unknown"].Fetched), 0)
		},
	)
}
