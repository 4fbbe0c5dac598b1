package power

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"duban/cmd/workload"
)

const (
	campaign = "power"
	region   = "440703"
)

// crowd are the clients: each takes tasks through their lives, one after the
// other, and repeats what got no answer.
type crowd struct {
	people  workload.People
	http    *http.Client
	load    Load
	lives   chan int
	working sync.WaitGroup

	mu      sync.Mutex
	address string
	keys    map[step]string
	refused error // the first answer that a life cannot go on from
	ended   int   // lives
}

func newCrowd(people workload.People, load Load) *crowd {
	c := &crowd{people: people, load: load, lives: make(chan int, load.Lives), keys: map[step]string{}}
	c.http = workload.NewHTTP(load.Clients, 30*time.Second)
	for n := range load.Lives {
		c.lives <- n
	}
	close(c.lives)
	return c
}

// meet tells the clients where the server is now.
func (c *crowd) meet(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.address = address
}

// now returns the people as they reach the server.
func (c *crowd) now() workload.People {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.people
	for _, who := range []*workload.Client{&p.Supervisor, &p.Reporter, &p.Reviewer} {
		who.Base, who.HTTP = c.address, c.http
	}
	return p
}

// begin makes the campaign and sets the clients to work until ctx ends or no
// life is left.
func (c *crowd) begin(ctx context.Context, address string) error {
	c.meet(address)
	answer, err := c.now().Supervisor.Do(ctx, http.MethodPost, "/campaigns", "", workload.Campaign(campaign, region))
	if err != nil || !answer.OK() {
		return fmt.Errorf("making the campaign: status %d, %w: %s", answer.Status, err, answer.Body)
	}
	for range c.load.Clients {
		c.working.Go(func() {
			for n := range c.lives {
				if err := c.live(ctx, n); err != nil {
					c.mu.Lock()
					c.refused = errors.Join(c.refused, err)
					c.mu.Unlock()
					return
				}
			}
		})
	}
	return nil
}

// live takes one task through its life.
func (c *crowd) live(ctx context.Context, n int) error {
	task := ""
	for i, s := range workload.Life(campaign, region, n) {
		key := fmt.Sprintf("life-%d-%d", n, i)
		for {
			answer, err := s.Send(ctx, c.now(), task, key)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err == nil && answer.OK() {
				task = answer.Task.ID
				c.mu.Lock()
				c.keys[step{task, answer.Task.Version}] = key
				c.mu.Unlock()
				break
			}
			if err == nil && answer.Status != http.StatusServiceUnavailable {
				return fmt.Errorf("step %s of life %d is refused with %d: %s", s.Name, n, answer.Status, answer.Body)
			}
			time.Sleep(10 * time.Millisecond) // the server is away
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended++
	return nil
}

// await waits until a share of the lives has ended; with a share of 1 for all.
func (c *crowd) await(share float64) error {
	for {
		c.mu.Lock()
		ended, refused := c.ended, c.refused
		c.mu.Unlock()
		if refused != nil || float64(ended) >= share*float64(c.load.Lives) {
			c.http.CloseIdleConnections()
			return refused
		}
		time.Sleep(time.Millisecond)
	}
}
