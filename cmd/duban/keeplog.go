package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/witness"
)

const (
	// repost is how long who listens at the webhook is left alone after a failure.
	repost = 30 * time.Second
	// patience is how long sequencing may take: people wait behind it.
	patience = 5 * time.Second
	// standBack is how long a database is left alone that could not take what was
	// sequenced, and contended how long one that others keep busy: each attempt
	// waits ten seconds at the head of SQLite's queue of writers.
	standBack = 5 * time.Second
	contended = time.Minute
)

// logKeeper brings events into the log and its checkpoints out of the database.
type logKeeper struct {
	service *workflow.Service
	file    *witness.File
	kept    int64 // size of the newest checkpoint in the file
	webhook string
	unsent  *workflow.StoredCheckpoint // the newest one that this instance signed; nil: it is posted
	after   time.Time                  // no post before
	log     *slog.Logger
}

func newLogKeeper(h *house, log *slog.Logger) (*logKeeper, error) {
	k := &logKeeper{service: h.service, webhook: h.config.Audit.Webhook, log: log}
	var err error
	if k.file, err = witness.OpenFile(h.config.CheckpointsPath()); err != nil {
		return nil, err
	}
	last, err := k.file.Last()
	if err != nil || last == nil {
		return k, err
	}
	c, err := audit.Open(last, h.logKey.Public)
	if err != nil {
		return nil, fmt.Errorf("%s: its last checkpoint is not of this log's key, set audit.checkpoints to another file: %w", h.config.CheckpointsPath(), err)
	}
	k.kept = c.Size
	return k, nil
}

// run works until ctx is done, and once more for what came last.
func (k *logKeeper) run(ctx context.Context) {
	for {
		pause := workflow.SequenceEvery
		if err := k.once(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("the log of events is behind", "error", err)
			pause = standBack
			if e := workflow.AsError(err); e.Code == "store.busy" || e.Code == "store.stopped" {
				pause = contended
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
			defer cancel()
			if err := k.once(last); err != nil {
				k.log.Warn("the log of events is behind", "error", err)
			}
			return
		}
	}
}

// once sequences what waits and puts new checkpoints outside, also those that other
// instances signed.
func (k *logKeeper) once(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done, err := k.service.Sequence(timed)
	if err != nil {
		return err
	}
	fresh, err := k.service.CheckpointsSince(ctx, k.kept)
	if err != nil {
		return err
	}
	notes := make([][]byte, len(fresh))
	for i, c := range fresh {
		notes[i] = c.Note
	}
	if err := k.file.Add(notes...); err != nil {
		return err
	}
	if n := len(fresh); n > 0 {
		k.kept = fresh[n-1].Size
	}
	if done.Checkpoint != nil {
		k.unsent = done.Checkpoint
	}
	return k.post(ctx)
}

// post sends the newest checkpoint that this instance signed, until it has arrived.
func (k *logKeeper) post(ctx context.Context) error {
	if k.webhook == "" || k.unsent == nil || time.Now().Before(k.after) {
		return nil
	}
	if err := witness.Post(ctx, k.webhook, k.unsent.Note); err != nil {
		k.after = time.Now().Add(repost)
		return err
	}
	k.unsent = nil
	return nil
}
