package gormstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"time"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
)

// A database that answers may still save nothing: it is read-only, or its disk
// is full. Looking at it does not tell, so the store remembers that a write
// failed and does not call itself ready until one has succeeded.

// doubt notes how a unit of work ended. A lock that others hold, a caller who
// left and what the domain refuses say nothing about the database.
func (s *Store) doubt(err error) {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Unavailable && e.Code != errBusy.Code && e.Code != errStopped.Code {
		s.doubted.Store(true)
	}
}

// takesWrites reports whether the database saves what is written.
func (s *Store) takesWrites(ctx context.Context) error {
	if s.doubted.Load() {
		return s.tryToWrite(ctx)
	}
	if s.cfg.Dialect == migrations.SQLite {
		return nil // to ask would be to queue behind every writer
	}
	// Refused by a server that is read-only for this account; changes no row.
	_, err := s.writer.pool.ExecContext(ctx, "UPDATE replays SET hash = hash WHERE FALSE")
	if err != nil {
		_, err = translate(ctx, err)
	}
	return err
}

// trial is as many bytes as must find room: more than the pages that a database
// has left over by chance.
const trial = 128 << 10

// tryToWrite saves something, and takes it away again.
func (s *Store) tryToWrite(ctx context.Context) error {
	key := "ready-" + rand.Text()
	for _, fn := range []func(u *unit) error{
		func(u *unit) error {
			return u.InsertReplay(workflow.Replay{ActorID: "ready", Key: key, Hash: key, Answer: bytes.Repeat([]byte{1}, trial), CreatedAt: time.Unix(0, 0)})
		},
		func(u *unit) error {
			_, err := u.run("deleting a trial", func(db *gorm.DB) *gorm.DB {
				return db.Where("actor_id = ?", "ready").Delete(&replayRow{})
			})
			return err
		},
	} {
		if err := s.Update(ctx, func(tx workflow.Tx) error { return fn(tx.(*unit)) }); err != nil {
			return err
		}
	}
	s.doubted.Store(false)
	return nil
}
