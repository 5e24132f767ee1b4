// Checks a broker with sarama: "check" writes and administers, "read" reads what other clients wrote, "groups" consumes in groups.

package main

import (
	"context"

	"conformance/suite"

	"github.com/IBM/sarama"
)

func main() {
	session, err := connect(sarama.MaxVersion)
	if err != nil {
		panic(err)
	}
	check := func(cases suite.Cases) {
		session.checkRecords(cases)
		session.checkReading()
		session.checkAdministration()
	}
	read := func(_ context.Context, topic string, expected []suite.Record) error {
		return session.compareTopic(topic, expected)
	}
	suite.Main(check, read, session.checkGroups)
}
