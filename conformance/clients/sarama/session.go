// Clients of the broker under test, and topics that no other check uses.

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/IBM/sarama"
)

const readBound = 20 * time.Second

// session is a connection that speaks as a client of one version of Kafka does.
type session struct {
	version sarama.KafkaVersion
	client  sarama.Client
	admin   sarama.ClusterAdmin
	topics  int
}

var brokers = []string{os.Getenv("CONFORMANCE_BROKER")}

func topicName(purpose string) string {
	return os.Getenv("CONFORMANCE_TOPIC_PREFIX") + "-" + purpose
}

func (s *session) config() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = s.version
	config.Producer.Return.Successes = true
	config.Producer.Return.Errors = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.MaxMessageBytes = 2_000_000
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Consumer.Return.Errors = true
	config.Metadata.AllowAutoTopicCreation = false
	return config
}

func connect(version sarama.KafkaVersion) (*session, error) {
	s := &session{version: version}
	client, err := sarama.NewClient(brokers, s.config())
	if err != nil {
		return nil, err
	}
	s.client = client
	s.admin, err = sarama.NewClusterAdminFromClient(client)
	return s, err
}

func (s *session) createTopic(topic string, partitions int32) error {
	// old explicit timestamps must not fall to retention while they are being read
	forever := "-1"
	detail := sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": &forever}}
	if err := s.admin.CreateTopic(topic, &detail, false); err != nil {
		return err
	}
	// the broker may learn of the partitions after the controller's answer
	for range 200 {
		if err := s.client.RefreshMetadata(topic); err == nil {
			if _, err := s.client.GetOffset(topic, partitions-1, sarama.OffsetNewest); err == nil {
				return nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("%s was created, but its partitions never answered", topic)
}

func (s *session) newTopic(partitions int32) (string, error) {
	s.topics++
	topic := topicName("t" + strconv.Itoa(s.topics))
	return topic, s.createTopic(topic, partitions)
}

// filled is a new topic with values "0", "1", "2"… whose timestamps are a second apart, starting at a second after the epoch.
func (s *session) filled(count int) (string, error) {
	topic, err := s.newTopic(1)
	if err != nil {
		return "", err
	}
	var messages []*sarama.ProducerMessage
	for i := range count {
		at := time.UnixMilli(int64(i+1) * 1000)
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(strconv.Itoa(i)), Timestamp: at})
	}
	return topic, s.send(messages, s.config())
}

func (s *session) send(messages []*sarama.ProducerMessage, config *sarama.Config) error {
	producer, err := sarama.NewSyncProducer(brokers, config)
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := producer.SendMessages(messages); err != nil {
		if failures, several := err.(sarama.ProducerErrors); several && len(failures) > 0 {
			return failures[0].Err
		}
		return err
	}
	return nil
}

// read takes count records of one partition, from an offset on.
func (s *session) read(topic string, partition int32, from int64, count int, config *sarama.Config) ([]*sarama.ConsumerMessage, error) {
	consumer, err := sarama.NewConsumer(brokers, config)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	stream, err := consumer.ConsumePartition(topic, partition, from)
	if err != nil {
		return nil, err
	}
	defer stream.AsyncClose()
	var messages []*sarama.ConsumerMessage
	late := time.After(readBound)
	for len(messages) < count {
		select {
		case message := <-stream.Messages():
			messages = append(messages, message)
		case failure := <-stream.Errors():
			return nil, failure.Err
		case <-late:
			return nil, fmt.Errorf("read %d of %d records, and no more came", len(messages), count)
		}
	}
	return messages, nil
}
