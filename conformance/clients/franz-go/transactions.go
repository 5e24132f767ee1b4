// Transactions: what is committed is read, what is aborted is not; one producer of a name at a time; sessions that read, process and write.

package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const transactionPartitions = 3

func checkTransactions(admin *kadm.Client) {
	for name, body := range map[string]func(context.Context, *kadm.Client) error{
		"commits and aborts transactions over several partitions":         committedAndAborted,
		"fences a transactional producer by the next of its name":         fencedByHeir,
		"a session reads, processes and writes, each record exactly once": readProcessWrite,
		"kadm describes and lists a transaction":                          describedTransaction,
	} {
		suite.Check(name, func(ctx context.Context) error { return body(ctx, admin) })
	}
}

func transactional(purpose string, more ...kgo.Opt) *kgo.Client {
	return client(append(more, kgo.TransactionalID(topicName(purpose)), kgo.TransactionTimeout(30*time.Second))...)
}

// inTransaction writes the values round-robin over the partitions and ends as told.
func inTransaction(ctx context.Context, producer *kgo.Client, topic string, values []string, end kgo.TransactionEndTry) error {
	if err := producer.BeginTransaction(); err != nil {
		return err
	}
	var records []*kgo.Record
	for i, value := range values {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % transactionPartitions), Value: []byte(value)})
	}
	if err := producer.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return err
	}
	return producer.EndTransaction(ctx, end)
}

// committedValues reads what is committed, until there are as many as awaited: markers are written after the answer to the commit.
func committedValues(ctx context.Context, topic string, awaited int, level kgo.IsolationLevel) ([]string, error) {
	start := map[int32]kgo.Offset{}
	for i := range int32(transactionPartitions) {
		start[i] = kgo.NewOffset().AtStart()
	}
	found, err := read(ctx, awaited, map[string]map[int32]kgo.Offset{topic: start}, kgo.FetchIsolationLevel(level))
	var values []string
	for _, record := range found {
		values = append(values, string(record.Value))
	}
	sort.Strings(values)
	return values, err
}

func committedAndAborted(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, transactionPartitions)
	if err != nil {
		return err
	}
	producer := transactional("several")
	defer producer.Close()
	var expected []string
	for i := range 30 {
		var values []string
		for j := range 10 {
			values = append(values, fmt.Sprintf("%d/%d", i, j))
		}
		end := kgo.TransactionEndTry(i%3 != 1)
		if err := inTransaction(ctx, producer, topic, values, end); err != nil {
			return err
		}
		if end == kgo.TryCommit {
			expected = append(expected, values...)
		}
	}
	sort.Strings(expected)
	found, err := committedValues(ctx, topic, len(expected), kgo.ReadCommitted())
	if err != nil {
		return err
	}
	all, err := committedValues(ctx, topic, 300, kgo.ReadUncommitted())
	return suite.All(
		func() error { return suite.Equal("committed", strings.Join(found, " "), strings.Join(expected, " ")) },
		func() error { return err },
		func() error { return suite.Equal("all", len(all), 300) },
	)
}

func fencedByHeir(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, transactionPartitions)
	if err != nil {
		return err
	}
	zombie, heir := transactional("fenced"), transactional("fenced")
	defer zombie.Close()
	defer heir.Close()
	if err := zombie.BeginTransaction(); err != nil {
		return err
	}
	if err := zombie.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("of the zombie")}).FirstErr(); err != nil {
		return err
	}
	if err := inTransaction(ctx, heir, topic, []string{"of the heir"}, kgo.TryCommit); err != nil {
		return err
	}
	refused := zombie.EndTransaction(ctx, kgo.TryCommit)
	found, err := committedValues(ctx, topic, 1, kgo.ReadCommitted())
	return suite.All(
		func() error { return suite.Holds("the zombie is refused: "+fmt.Sprint(refused), isFenced(refused)) },
		func() error { return err },
		func() error { return suite.Equal("committed", strings.Join(found, " "), "of the heir") },
	)
}

// isFenced: by which of the two errors depends on the version of transactions.
func isFenced(err error) bool {
	return errors.Is(err, kerr.ProducerFenced) || errors.Is(err, kerr.InvalidProducerEpoch)
}

// readProcessWrite doubles numbers from one topic into another, giving up every third transaction.
func readProcessWrite(ctx context.Context, admin *kadm.Client) error {
	const count = 60
	source, err := newTopic(ctx, admin, 1)
	if err != nil {
		return err
	}
	target, err := newTopic(ctx, admin, transactionPartitions)
	if err != nil {
		return err
	}
	if err := fill(ctx, source, count); err != nil {
		return err
	}
	session, err := kgo.NewGroupTransactSession(
		kgo.SeedBrokers(broker), kgo.TransactionalID(topicName("session")), kgo.ConsumerGroup(source), kgo.ConsumeTopics(source),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RequireStableFetchOffsets(),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.FetchMaxWait(200*time.Millisecond),
	)
	if err != nil {
		return err
	}
	defer session.Close()
	for turn, done := 0, 0; done < count; turn++ {
		fetches := session.PollRecords(ctx, 10)
		if err := fetches.Err(); err != nil {
			return err
		}
		if err := session.Begin(); err != nil {
			return err
		}
		read := fetches.Records()
		for _, record := range read {
			number, _ := strconv.Atoi(string(record.Value))
			session.Produce(ctx, &kgo.Record{Topic: target, Partition: int32(number % transactionPartitions), Value: []byte(strconv.Itoa(2 * number))}, nil)
		}
		committed, err := session.End(ctx, kgo.TransactionEndTry(turn%3 != 1))
		if err != nil {
			return err
		}
		if committed {
			done += len(read)
		}
	}
	found, err := committedValues(ctx, target, count, kgo.ReadCommitted())
	if err != nil {
		return err
	}
	var expected []string
	for i := range count {
		expected = append(expected, strconv.Itoa(2*i))
	}
	sort.Strings(expected)
	return suite.Equal("written", strings.Join(found, " "), strings.Join(expected, " "))
}

func describedTransaction(ctx context.Context, admin *kadm.Client) error {
	topic, err := newTopic(ctx, admin, transactionPartitions)
	if err != nil {
		return err
	}
	producer := transactional("described")
	defer producer.Close()
	if err := producer.BeginTransaction(); err != nil {
		return err
	}
	if err := producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("a")}).FirstErr(); err != nil {
		return err
	}
	id := topicName("described")
	described, err := admin.DescribeTransactions(ctx, id)
	if err != nil {
		return err
	}
	listed, err := admin.ListTransactions(ctx, nil, nil)
	if err != nil {
		return err
	}
	_, isListed := listed[id]
	ended := producer.EndTransaction(ctx, kgo.TryAbort)
	return suite.All(
		func() error { return suite.Equal("state", described[id].State, "Ongoing") },
		func() error { return suite.Equal("partitions", described[id].Topics.Sorted()[0].Topic, topic) },
		func() error { return suite.Holds("it is listed", isListed) },
		func() error { return ended },
	)
}
