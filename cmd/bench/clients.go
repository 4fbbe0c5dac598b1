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
// Idempotency-Key, as a careful client's would. The campaigns are made before the
// time begins, and lives stop between two steps when it ends: the ceiling has
// nothing like either.
func Clients(ctx context.Context, l Load, out io.Writer) error {
	players, times := make([]player, l.Clients), make([][]time.Duration, l.Clients)
	if err := atOnce(l.Clients, func(i int) error {
		players[i] = player{l.people(&http.Client{Transport: &wire{}}), fmt.Sprintf("b%d-%d", l.Run, i)}
		return players[i].begin(ctx)
	}); err != nil {
		return err
	}
	began := time.Now()
	if err := atOnce(l.Clients, func(i int) (err error) {
		times[i], err = players[i].play(ctx, began.Add(l.Slice))
		return err
	}); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(figures(slices.Concat(times...), time.Since(began)))
}

// atOnce does something for each of several clients at the same time.
func atOnce(clients int, do func(i int) error) error {
	errs := make([]error, clients)
	var wait sync.WaitGroup
	for i := range clients {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// people are those that one client plays, on its own connection.
func (l Load) people(connection *http.Client) workload.People {
	as := func(who string) workload.Client {
		return workload.Client{Base: l.Base, Token: l.Tokens[who], HTTP: connection}
	}
	return workload.People{Region: region, Supervisor: as("supervisor"), Reporter: as("reporter"), Reviewer: as("reviewer")}
}

// player is one client: who it plays, in which campaign.
type player struct {
	people   workload.People
	campaign string
}

func (p player) begin(ctx context.Context) error {
	a, err := p.people.Supervisor.Do(ctx, http.MethodPost, "/campaigns", p.campaign, workload.Campaign(p.campaign, region))
	if err := a.Check(err); err != nil {
		return fmt.Errorf("making campaign %s: %w", p.campaign, err)
	}
	return nil
}

// play plays one life after another until the time is up and returns how long
// each step took.
func (p player) play(ctx context.Context, until time.Time) (times []time.Duration, err error) {
	for n := 0; ; n++ {
		id := ""
		for k, step := range workload.Life(p.campaign, region, n) {
			began := time.Now()
			if !began.Before(until) {
				return times, nil
			}
			a, err := step.Send(ctx, p.people, id, fmt.Sprintf("%s-%d-%d", p.campaign, n, k))
			if err := a.Check(err); err != nil {
				return nil, fmt.Errorf("%s of %s: %w", step.Name, id, err)
			}
			if a.Task.State != step.To {
				return nil, fmt.Errorf("%s of %s leads to %s, not %s", step.Name, id, a.Task.State, step.To)
			}
			times, id = append(times, time.Since(began)), a.Task.ID
		}
	}
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
