package gormstore

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// queue gives those that wait at the same time to one worker, together: what is
// asked of the database is asked once for all of them.
type queue[J, A any] struct {
	mu      sync.Mutex
	waiting []*J
	free    int // workers that may begin
	busy    int // jobs in work
	workers int
	// crowd is how many must wait before a worker works beside another: what one
	// takes up costs hardly more with them than without. 0: any.
	crowd int
	// company is how long a worker waits for those that were just answered. Clients
	// that send one request after another would else come to work in ever smaller
	// groups. 0: not at all.
	company   time.Duration
	gathering []*gathering
	// pick takes from those that wait, at least one if there are any; work has an answer
	// for each of those it took, and tell brings it there.
	pick func(waiting []*J) (now, later []*J)
	work func(now []*J) []A
	tell func(j *J, answer A)
	// broken is the answer of work that panicked.
	broken func(panicked any) A
}

// join lets a job wait, and sees to it that a worker comes.
func (q *queue[J, A]) join(j *J) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, j)
	for i, g := range q.gathering {
		if len(q.waiting) >= g.expected {
			q.gathering = slices.Delete(q.gathering, i, i+1)
			close(g.there)
			return
		}
	}
	if q.free > 0 && len(q.gathering) == 0 && (q.free == q.workers || len(q.waiting) >= q.crowd) {
		q.free--
		go q.serve()
	}
}

// gathering is a worker that waits for company.
type gathering struct {
	expected int
	there    chan struct{}
}

// leave takes a job out of those that wait, and reports whether it still was one.
func (q *queue[J, A]) leave(j *J) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, j)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// serve works until nobody waits.
func (q *queue[J, A]) serve() {
	for now := q.next(0); len(now) > 0; now = q.next(len(now)) {
		for i, answer := range q.answers(now) {
			q.tell(now[i], answer)
		}
		q.gather()
	}
}

// answers does the work. A defect met for one must not end the program for all: a panic
// goes back to those who wait, whose own recovery says what becomes of it. It is logged,
// because they may have left.
func (q *queue[J, A]) answers(now []*J) (answers []A) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		stack := string(debug.Stack())
		slog.Error("a worker of the store panicked", "panic", fmt.Sprint(p), "stack", stack)
		answers = slices.Repeat([]A{q.broken(fmt.Errorf("%v\n%s", p, stack))}, len(now))
	}()
	return q.work(now)
}

// gather waits until a fair share of those that were lately at work wait again, or
// until the time is up. Who is alone is not waited for.
func (q *queue[J, A]) gather() {
	if q.company == 0 {
		return
	}
	q.mu.Lock()
	working := q.workers - q.free
	g := &gathering{expected: (q.busy + len(q.waiting) + working - 1) / working, there: make(chan struct{})}
	if g.expected < 2 || len(q.waiting) >= g.expected {
		q.mu.Unlock()
		return
	}
	q.gathering = append(q.gathering, g)
	q.mu.Unlock()
	select {
	case <-g.there:
	case <-time.After(q.company):
		q.mu.Lock()
		if i := slices.Index(q.gathering, g); i >= 0 {
			q.gathering = slices.Delete(q.gathering, i, i+1)
		}
		q.mu.Unlock()
	}
}

// next takes up work, after some was done. What is too little for one more is left to
// those who are at work.
func (q *queue[J, A]) next(done int) (now []*J) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy -= done
	if q.busy > 0 && len(q.waiting) < q.crowd {
		q.free++
		return nil
	}
	if now, q.waiting = q.pick(q.waiting); len(now) == 0 {
		q.free++
	}
	q.busy += len(now)
	return now
}

// whileAnyWaits returns a context that ends when all of those given have: one
// caller who leaves must not take the connection from the others.
func whileAnyWaits(callers []context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(callers[0]))
	var left atomic.Int32
	left.Store(int32(len(callers)))
	stops := make([]func() bool, len(callers))
	for i, caller := range callers {
		stops[i] = context.AfterFunc(caller, func() {
			if left.Add(-1) == 0 {
				cancel(context.Cause(caller))
			}
		})
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(nil)
	}
}
