// Checks a broker with franz-go: "check" writes and administers, "read" reads what other clients wrote, "groups" consumes in groups.

package main

import (
	"context"

	"conformance/suite"

	"github.com/twmb/franz-go/pkg/kadm"
)

func main() {
	admin := kadm.NewClient(client())
	check := func(cases suite.Cases) {
		checkRecords(admin, cases)
		checkReading(admin)
		checkAdministration(admin)
		checkTransactions(admin)
	}
	read := func(ctx context.Context, topic string, expected []suite.Record) error {
		return compareTopic(ctx, admin, topic, expected)
	}
	suite.Main(check, read, func() { checkGroups(admin) })
}
