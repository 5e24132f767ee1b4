// Package suite is what the suites written in Go share: checks with a bound, the cases, and the lines they report.
package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

// bound is how long a check may take.
const bound = 60 * time.Second

// Say prints a line for the runner.
func Say(format string, arguments ...any) {
	fmt.Printf(format+"\n", arguments...)
}

// Check runs a body, which fails by its error, and gives it a context that ends with the bound.
func Check(name string, body func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	outcome := make(chan error, 1)
	go func() {
		defer func() {
			if panicked := recover(); panicked != nil {
				outcome <- fmt.Errorf("panic: %v", panicked)
			}
		}()
		outcome <- body(ctx)
	}()
	select {
	case err := <-outcome:
		if err == nil {
			Say("ok %s", name)
			return
		}
		fmt.Fprintln(os.Stderr, name, err)
		Say("not ok %s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	case <-time.After(bound + time.Second):
		Say("not ok %s: still waiting after %s", name, bound)
	}
}

// Equal fails when the values differ, naming both.
func Equal(what string, actual, expected any) error {
	if reflect.DeepEqual(actual, expected) {
		return nil
	}
	return fmt.Errorf("%s: expected %v, got %v", what, expected, actual)
}

// Holds fails when the condition does not.
func Holds(what string, condition bool) error {
	if condition {
		return nil
	}
	return fmt.Errorf("not so: %s", what)
}

// Fails demands exactly this error of the protocol.
func Fails(expected, actual error) error {
	if errors.Is(actual, expected) {
		return nil
	}
	return fmt.Errorf("expected %v, got %v", expected, actual)
}

// All runs steps until the first that fails.
func All(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
