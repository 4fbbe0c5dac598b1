package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// jobPause is how long a job rests that met a defect.
const jobPause = time.Minute

// keepDoing runs a job that a server does beside answering, until ctx is done. A defect
// that it meets must not end the answering: it is logged, and after a pause the job begins
// anew.
func keepDoing(ctx context.Context, log *slog.Logger, job string, pause time.Duration, run func(context.Context)) {
	for !done(ctx, log, job, run) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// done reports whether run came to its end.
func done(ctx context.Context, log *slog.Logger, job string, run func(context.Context)) (ended bool) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("a job panicked", "job", job, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	run(ctx)
	return true
}
