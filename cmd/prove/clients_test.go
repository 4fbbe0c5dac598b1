package prove

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"duban/cmd/workload"
)

// life is one task and what is known of it from outside.
type life struct {
	n        int
	steps    []workload.Step
	task     string
	sent     int        // steps of which at least one request left
	answered [][32]byte // hash of the body of each acknowledged step
}

// crowd is parallel clients that take tasks through their lives and send every
// step again, with the same key, until it is answered.
type crowd struct {
	people workload.People
	stop   chan struct{}
	wait   sync.WaitGroup
	onSend func() // for a killer that wants to hit a step under way; must not block

	mu       sync.Mutex
	lives    []*life
	acked    int
	unknown  int      // requests without an answer, or with 503
	kept     int      // acknowledged by a later request than the one that did it
	problems []string // answers that must not be
	codes    map[string]int
}

// limit is how long a step may go unanswered before the harness calls it stuck.
const limit = 2 * time.Minute

func gather(w *world, clients int, onSend func()) *crowd {
	c := &crowd{people: w.people, stop: make(chan struct{}), onSend: onSend, codes: map[string]int{}}
	for range clients {
		c.wait.Go(c.play)
	}
	return c
}

// disperse lets everybody finish the step that they are at.
func (c *crowd) disperse() {
	close(c.stop)
	c.wait.Wait()
}

func (c *crowd) play() {
	for {
		l := c.begin()
		for k := range l.steps {
			select {
			case <-c.stop:
				return
			default:
			}
			if !c.carryOut(l, k) {
				return
			}
			if random(20) == 0 { // somebody presses the button twice
				c.again(l, random(k+1))
			}
		}
	}
}

// begin writes down a new life. Bodies are fixed now: a repetition after midnight
// must be the same request.
func (c *crowd) begin() *life {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &life{n: len(c.lives)}
	for _, step := range workload.Life(campaign, region, l.n) {
		if body, err := json.Marshal(step.Body); err == nil {
			step.Body = json.RawMessage(body)
		}
		l.steps = append(l.steps, step)
	}
	c.lives = append(c.lives, l)
	return l
}

func (l *life) key(k int) string { return fmt.Sprintf("L%d-%d", l.n, k) }

// carryOut sends a step until it is answered and writes the answer down. It
// reports false when the life cannot go on.
func (c *crowd) carryOut(l *life, k int) bool {
	c.mu.Lock()
	l.sent = k + 1
	c.mu.Unlock()
	a, attempts, began, err := c.untilAnswered(l, k)
	if err != nil {
		c.complain("%s of L%d: %v", l.steps[k].Name, l.n, err)
		return false
	}
	if a.Task.State != l.steps[k].To || a.Task.Version != k+1 || k > 0 && a.Task.ID != l.task {
		c.complain("%s of L%d was answered with %s at version %d, want %s at %d", l.steps[k].Name, l.n, a.Task.State, a.Task.Version, l.steps[k].To, k+1)
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l.task = a.Task.ID
	l.answered = append(l.answered, sha256.Sum256(a.Body))
	c.acked++
	if attempts > 1 && done(a).Before(began) {
		c.kept++
	}
	return true
}

// done is when the step happened, by the program's clock, which is also ours.
func done(a workload.Answer) time.Time {
	type task struct {
		UpdatedAt time.Time `json:"updated_at"`
	}
	var body struct {
		task
		Task *task `json:"task"`
	}
	if err := json.Unmarshal(a.Body, &body); err != nil || body.Task == nil {
		return body.UpdatedAt
	}
	return body.Task.UpdatedAt
}

// untilAnswered also returns when the request that was answered left.
func (c *crowd) untilAnswered(l *life, k int) (a workload.Answer, attempts int, began time.Time, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for {
		attempts, began = attempts+1, time.Now()
		if c.onSend != nil {
			c.onSend()
		}
		a, err = l.steps[k].Send(ctx, c.people, l.task, l.key(k))
		switch {
		case ctx.Err() != nil:
			return a, attempts, began, fmt.Errorf("not answered within %s: %d %s %w", limit, a.Status, a.Body, err)
		case err == nil && a.OK():
			return a, attempts, began, nil
		case err == nil && a.Status != http.StatusServiceUnavailable && a.Status != http.StatusBadGateway:
			return a, attempts, began, fmt.Errorf("attempt %d was answered with %d %s", attempts, a.Status, a.Body)
		}
		c.mu.Lock()
		c.unknown++
		if err == nil {
			c.codes[codeOf(a)]++
		}
		c.mu.Unlock()
		time.Sleep(time.Duration(1+random(15)) * time.Millisecond)
	}
}

func codeOf(a workload.Answer) string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.Body, &p) // without a code it is ""
	return p.Code
}

// again repeats an acknowledged step and compares the answers.
func (c *crowd) again(l *life, k int) {
	a, _, _, err := c.untilAnswered(l, k)
	if err != nil {
		c.complain("%s of L%d, repeated: %v", l.steps[k].Name, l.n, err)
		return
	}
	if sha256.Sum256(a.Body) != l.answered[k] {
		c.complain("%s of L%d, repeated, was answered with other bytes: %s", l.steps[k].Name, l.n, a.Body)
	}
}

// repeatAll repeats every acknowledged step, several at once.
func (c *crowd) repeatAll(clients int) (repeated int) {
	queue := make(chan *life)
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for l := range queue {
				for k := range l.answered {
					c.again(l, k)
				}
			}
		})
	}
	for _, l := range c.lives {
		repeated += len(l.answered)
		queue <- l
	}
	close(queue)
	wait.Wait()
	return repeated
}

func (c *crowd) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// wrong reports whether an answer was wrong: a client that got one has stopped.
func (c *crowd) wrong() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.problems) > 0
}

// acknowledged is how many steps of each life were answered.
func (c *crowd) acknowledged() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]int, len(c.lives))
	for i, l := range c.lives {
		out[i] = len(l.answered)
	}
	return out
}

// attempted is how many steps of each life may have happened.
func (c *crowd) attempted() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]int, len(c.lives))
	for i, l := range c.lives {
		out[i] = l.sent
	}
	return out
}
