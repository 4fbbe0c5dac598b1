package gormstore

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// queue gives those that wait at the same time to one worker, together: what is
// asked of the database is asked once for all of them.
type queue[J any] struct {
	mu      sync.Mutex
	waiting []*J
	free    int // workers that may begin
	// pick takes from those that wait, at least one if there are any; work answers
	// each of those it took.
	pick func(waiting []*J) (now, later []*J)
	work func(now []*J)
}

// join lets a job wait, and sees to it that a worker comes.
func (q *queue[J]) join(j *J) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, j)
	if q.free > 0 {
		q.free--
		go q.serve()
	}
}

// leave takes a job out of those that wait, and reports whether it still was one.
func (q *queue[J]) leave(j *J) bool {
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
func (q *queue[J]) serve() {
	for now := q.next(); len(now) > 0; now = q.next() {
		q.work(now)
	}
}

func (q *queue[J]) next() (now []*J) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now, q.waiting = q.pick(q.waiting); len(now) == 0 {
		q.free++
	}
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
