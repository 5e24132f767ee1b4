// What the cluster tells of itself through kadm.

package main

import (
	"context"
	"net"
	"strconv"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func cluster(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	if err := fill(ctx, topic, 5); err != nil {
		return err
	}
	var set kadm.TopicsSet
	set.Add(topic, 0)
	producers, err := admin.DescribeProducers(ctx, set)
	if err != nil {
		return err
	}
	active := producers.SortedProducers()
	directories, err := admin.DescribeAllLogDirs(ctx, set)
	if err != nil {
		return err
	}
	var bytes int64
	directories.Each(func(directory kadm.DescribedLogDir) { bytes += directory.Size() })
	elected, err := admin.ElectLeaders(ctx, kadm.ElectPreferredReplica, set)
	if err != nil {
		return err
	}
	return suite.All(
		func() error { return suite.Equal("active producers", len(active), 1) },
		func() error { return suite.Equal("last sequence", active[0].LastSequence, int32(4)) },
		func() error { return suite.Holds("the partition has a size", bytes > 0) },
		func() error { return suite.Fails(kerr.ElectionNotNeeded, elected[topic][0].Err) },
	)
}

func metadata(ctx context.Context, admin *kadm.Client) error {
	found, err := admin.Metadata(ctx)
	if err != nil {
		return err
	}
	versions, err := admin.ApiVersions(ctx)
	if err != nil {
		return err
	}
	addresses := map[string]bool{}
	for _, one := range found.Brokers {
		addresses[net.JoinHostPort(one.Host, strconv.Itoa(int(one.Port)))] = true
	}
	served := versions[found.Controller]
	produce, known := served.KeyMaxVersion(kmsg.NewPtrProduceRequest().Key())
	return suite.All(
		func() error { return suite.Holds("the address we use is a broker's", addresses[broker]) },
		func() error { return suite.Holds("has a cluster id", found.Cluster != "") },
		func() error { return suite.Holds("serves Produce in flexible versions", known && produce >= 9) },
	)
}
