package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"sync"
	"time"

	"duban/cmd/workload"
)

// Load is what a load process is told.
type Load struct {
	Base    string
	Tokens  map[string]string // by role
	Clients int
	Slice   time.Duration
	Run     int // tells the slices of one benchmark apart
}

// Clients plays whole task lives with several clients at once, each in a
// campaign of its own, and writes the Figures as JSON. Every step has an
// Idempotency-Key, as a careful client's would.
func Clients(ctx context.Context, l Load, out io.Writer) error {
	times, errs := make([][]time.Duration, l.Clients), make([]error, l.Clients)
	var wait sync.WaitGroup
	began := time.Now()
	for i := range l.Clients {
		wait.Go(func() {
			p := l.people(&http.Client{Transport: &wire{}})
			times[i], errs[i] = lives(ctx, p, fmt.Sprintf("b%d-%d", l.Run, i), began.Add(l.Slice))
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(figures(slices.Concat(times...), time.Since(began)))
}

// people are those that one client plays, on its own connection.
func (l Load) people(connection *http.Client) workload.People {
	as := func(who string) workload.Client {
		return workload.Client{Base: l.Base, Token: l.Tokens[who], HTTP: connection}
	}
	return workload.People{Region: region, Supervisor: as("supervisor"), Reporter: as("reporter"), Reviewer: as("reviewer")}
}

// lives plays one life after another until the time is up and returns how long
// each step took.
func lives(ctx context.Context, p workload.People, campaign string, until time.Time) ([]time.Duration, error) {
	a, err := p.Supervisor.Do(ctx, http.MethodPost, "/campaigns", campaign, workload.Campaign(campaign, region))
	if err := a.Check(err); err != nil {
		return nil, fmt.Errorf("making campaign %s: %w", campaign, err)
	}
	var times []time.Duration
	for n := 0; time.Now().Before(until); n++ {
		id := ""
		for k, step := range workload.Life(campaign, region, n) {
			began := time.Now()
			a, err := step.Send(ctx, p, id, fmt.Sprintf("%s-%d-%d", campaign, n, k))
			if err := a.Check(err); err != nil {
				return nil, fmt.Errorf("%s of %s: %w", step.Name, id, err)
			}
			if a.Task.State != step.To {
				return nil, fmt.Errorf("%s of %s leads to %s, not %s", step.Name, id, a.Task.State, step.To)
			}
			times, id = append(times, time.Since(began)), a.Task.ID
		}
	}
	return times, nil
}

func figures(times []time.Duration, took time.Duration) Figures {
	slices.Sort(times)
	f := Figures{Steps: len(times), Seconds: took.Seconds()}
	if n := len(times); n > 0 {
		f.P50, f.P99 = times[n/2], times[n*99/100]
	}
	return f
}

// explained adds what a failed process printed.
func explained(err error) error {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, e.Stderr)
	}
	return err
}
