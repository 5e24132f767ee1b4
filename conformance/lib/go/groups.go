// What the group checks of the Go suites share: members that are polled elsewhere, and waiting for what they come to.

package suite

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// settle is how long a group may take to become what is waited for.
const settle = 30 * time.Second

// Progress is what a member has been given and what it has read; safe for use from several goroutines.
type Progress struct {
	mutex    sync.Mutex
	assigned map[int32]bool
	read     []string
}

// Assign adds partitions of the one topic that a member consumes.
func (p *Progress) Assign(partitions []int32) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.assigned == nil {
		p.assigned = map[int32]bool{}
	}
	for _, one := range partitions {
		p.assigned[one] = true
	}
}

// Revoke takes partitions away.
func (p *Progress) Revoke(partitions []int32) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, one := range partitions {
		delete(p.assigned, one)
	}
}

// Note remembers a record that was read.
func (p *Progress) Note(partition int32, offset int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.read = append(p.read, fmt.Sprintf("%d:%d", partition, offset))
}

// Read is what was read so far, as partition:offset, in order.
func (p *Progress) Read() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.read)
}

// Assigned is what the member has now.
func (p *Progress) Assigned() []int32 {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var all []int32
	for one := range p.assigned {
		all = append(all, one)
	}
	slices.Sort(all)
	return all
}

// Until waits for a condition.
func Until(what string, condition func() bool) error {
	deadline := time.Now().Add(settle)
	for !condition() {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %s", what, settle)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// UntilShared waits until the members have all partitions between them, each its share and none twice.
func UntilShared(partitions int, members ...*Progress) error {
	return Until("the members have their shares", func() bool {
		var all []int32
		for _, member := range members {
			own := member.Assigned()
			if len(own) < partitions/len(members) || len(own) > (partitions+len(members)-1)/len(members) {
				return false
			}
			all = append(all, own...)
		}
		slices.Sort(all)
		return len(all) == partitions && len(slices.Compact(all)) == partitions
	})
}

// UntilRead waits until the members have read so many records, and returns those.
func UntilRead(count int, members ...*Progress) ([]string, error) {
	var all []string
	err := Until(fmt.Sprintf("reading %d records", count), func() bool {
		all = nil
		for _, member := range members {
			all = append(all, member.Read()...)
		}
		return len(all) >= count
	})
	return all, err
}

// EachOnce fails when a record was read twice.
func EachOnce(read []string) error {
	once := slices.Clone(read)
	slices.Sort(once)
	return Equal("records, each once", len(slices.Compact(once)), len(read))
}
