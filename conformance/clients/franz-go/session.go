// Clients of the broker under test, and topics that no other check uses.

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const readBound = 20 * time.Second

var (
	broker = os.Getenv("CONFORMANCE_BROKER")
	topics = 0
)

func topicName(purpose string) string {
	return os.Getenv("CONFORMANCE_TOPIC_PREFIX") + "-" + purpose
}

func client(options ...kgo.Opt) *kgo.Client {
	base := []kgo.Opt{
		kgo.SeedBrokers(broker),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(2_000_000),
		kgo.FetchMaxWait(500 * time.Millisecond),
		// a topic that has just been created is asked for at once
		kgo.MetadataMinAge(50 * time.Millisecond),
	}
	made, err := kgo.NewClient(append(base, options...)...)
	if err != nil {
		panic(err)
	}
	return made
}

func createTopic(ctx context.Context, admin *kadm.Client, topic string, partitions int32) error {
	// old explicit timestamps must not fall to retention while they are being read
	forever := "-1"
	if _, err := admin.CreateTopic(ctx, partitions, 1, map[string]*string{"retention.ms": &forever}, topic); err != nil {
		return err
	}
	// the broker may learn of the partitions after the controller's answer
	for range 200 {
		offsets, err := admin.ListEndOffsets(ctx, topic)
		if err == nil && offsets.Error() == nil && len(offsets[topic]) == int(partitions) {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("%s was created, but its partitions never answered", topic)
}

func newTopic(ctx context.Context, admin *kadm.Client, partitions int32) (string, error) {
	topics++
	topic := topicName("t" + strconv.Itoa(topics))
	return topic, createTopic(ctx, admin, topic, partitions)
}

// fill writes values "0", "1", "2"… with timestamps a second apart, starting at a second after the epoch.
func fill(ctx context.Context, topic string, count int) error {
	producer := client()
	defer producer.Close()
	var records []*kgo.Record
	for i := range count {
		at := time.UnixMilli(int64(i+1) * 1000)
		records = append(records, &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(i)), Timestamp: at})
	}
	return producer.ProduceSync(ctx, records...).FirstErr()
}

// read takes count records from where the options say, partitions in order each.
func read(ctx context.Context, count int, start map[string]map[int32]kgo.Offset, options ...kgo.Opt) ([]*kgo.Record, error) {
	consumer := client(append(options, kgo.ConsumePartitions(start))...)
	defer consumer.Close()
	return take(ctx, consumer, count)
}

func take(ctx context.Context, consumer *kgo.Client, count int) ([]*kgo.Record, error) {
	limited, cancel := context.WithTimeout(ctx, readBound)
	defer cancel()
	var records []*kgo.Record
	for len(records) < count {
		fetches := consumer.PollRecords(limited, count-len(records))
		if err := fetches.Err(); err != nil {
			return records, fmt.Errorf("read %d of %d records: %w", len(records), count, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records, nil
}

// readAll reads partition 0 from its beginning to its end as it is now.
func readAll(ctx context.Context, admin *kadm.Client, topic string, options ...kgo.Opt) ([]*kgo.Record, error) {
	ends, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	end, found := ends.Lookup(topic, 0)
	if !found || end.Err != nil {
		return nil, kerr.UnknownTopicOrPartition
	}
	return read(ctx, int(end.Offset), at(topic, kgo.NewOffset().AtStart()), options...)
}

func at(topic string, offset kgo.Offset) map[string]map[int32]kgo.Offset {
	return map[string]map[int32]kgo.Offset{topic: {0: offset}}
}
