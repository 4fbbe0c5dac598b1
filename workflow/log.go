package workflow

import (
	"context"
	"errors"
	"time"

	"duban/workflow/audit"
)

// LogReader is what is read of the log: the events in their order, the Merkle tree
// over them (audit.Tree), and what was signed about it.
type LogReader interface {
	// LogSize returns the number of events in the log.
	LogSize() (int64, error)
	// PendingEvents returns at most limit events that are not in the log yet, in the
	// order in which they go there.
	PendingEvents(limit int) ([]PendingEvent, error)
	// LogHashes returns at most limit of the stored hashes with positions [from, to),
	// by position.
	LogHashes(from, to int64, limit int) ([]audit.StoredHash, error)
	// LogHashesAt returns the stored hashes with the given positions, in their order;
	// ErrNoRow when one is not there.
	LogHashesAt(positions []int64) ([]audit.Hash, error)
	// LoggedEvents returns the events of a subject that are in the log, by index.
	LoggedEvents(subject, subjectID string) ([]audit.Logged, error)
	// Checkpoint returns the newest checkpoint; ErrNoRow when nothing was signed yet.
	Checkpoint() (StoredCheckpoint, error)
	// Checkpoints returns at most limit checkpoints over more than the given number of
	// events, smallest first.
	Checkpoints(above int64, limit int) ([]StoredCheckpoint, error)
	// CheckpointUpTo returns the newest checkpoint over at most size events; ErrNoRow
	// when there is none.
	CheckpointUpTo(size int64) (StoredCheckpoint, error)
	// Archives returns what was archived, oldest first.
	Archives() ([]ArchivedLog, error)
	// Verifications returns at most limit verifications, those asked for last first.
	Verifications(limit int) ([]Verification, error)
	// FirstSince returns the index, from one on, of the first event that is not from
	// before the given moment; the size of the log when there is none.
	FirstSince(from int64, before time.Time) (int64, error)
}

// LogTx is what the log takes. It only grows, and its oldest events go to archives.
type LogTx interface {
	// AppendLog gives events the indexes from first on and stores the hashes; they are
	// not pending any more. ErrDuplicate when another instance has been faster.
	AppendLog(first int64, events []PendingEvent, hashes []audit.StoredHash) error
	InsertCheckpoint(StoredCheckpoint) error
	InsertArchive(ArchivedLog) error
	// InsertVerification is ErrDuplicate while another one has not ended.
	// SaveVerification writes all but who asked and when of the one whose state and
	// lease are still those of was.
	InsertVerification(Verification) error
	SaveVerification(v, was Verification) error
	// DropArchived takes the events with indexes [from, until), which are in archives,
	// out of the database, but not accepted events of the subjects that are kept.
	DropArchived(from, until int64, kept []string) error
}

// PendingEvent is an event on its way into the log.
type PendingEvent struct {
	Place     int64 // in the order of making
	ID        string
	Canonical []byte
}

// StoredCheckpoint is a signed checkpoint (audit.Sign) as it is kept; Size only
// finds it.
type StoredCheckpoint struct {
	Size int64
	Note []byte
}

// LogKey is the pair of keys of the log, each one line of text (audit.NewKey).
type LogKey struct {
	Private string // secret
	Public  string
}

// sequenceBatch is how many events enter the log in one unit of work.
const sequenceBatch = 2_000

// Sequenced is what Sequence did.
type Sequenced struct {
	Events     int               // that entered the log
	Checkpoint *StoredCheckpoint // nil: nothing was signed
}

// Sequence brings the events that are committed into the log and signs what it has
// become. It is called again and again, by every instance: the index of an event is
// a primary key, so of two that append at once one does nothing. Nothing is written
// when nothing waits.
func (s *Service) Sequence(ctx context.Context) (Sequenced, error) {
	var done Sequenced
	for {
		more, err := read(ctx, s, func(r Reader) (bool, error) {
			pending, err := r.PendingEvents(1)
			if err != nil || len(pending) > 0 || s.logKey.Private == "" {
				return len(pending) > 0, err
			}
			return s.unsigned(r)
		})
		if err != nil || !more {
			return done, err
		}
		n, signed, err := s.sequenceSome(ctx)
		switch {
		case errors.Is(err, ErrDuplicate): // another instance was faster
			return done, nil
		case err != nil:
			return done, AsError(err)
		}
		done.Events += n
		if signed != nil {
			done.Checkpoint = signed
		}
		if n == 0 && signed == nil {
			return done, nil
		}
	}
}

// unsigned reports whether the log is longer than what was signed last.
func (s *Service) unsigned(r Reader) (bool, error) {
	size, err := r.LogSize()
	if err != nil {
		return false, err
	}
	last, err := r.Checkpoint()
	if err != nil && !isNoRow(err) {
		return false, err
	}
	return last.Size < size, nil
}

// sequenceSome appends one batch. The last of those that wait brings the checkpoint
// with it.
func (s *Service) sequenceSome(ctx context.Context) (n int, signed *StoredCheckpoint, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		n, signed = 0, nil
		size, err := tx.LogSize()
		if err != nil {
			return err
		}
		pending, err := tx.PendingEvents(sequenceBatch)
		if err != nil {
			return err
		}
		tree := audit.NewTree(size, audit.HashReaderFunc(tx.LogHashesAt))
		records := make([][]byte, len(pending))
		for i, p := range pending {
			records[i] = p.Canonical
		}
		hashes, err := tree.Append(records)
		if err != nil {
			return err
		}
		if n = len(pending); n > 0 {
			if err := tx.AppendLog(size, pending, hashes); err != nil {
				return err
			}
		}
		if n == sequenceBatch || s.logKey.Private == "" {
			return nil
		}
		signed, err = s.sign(tree)
		if err != nil {
			return err
		}
		return tx.InsertCheckpoint(*signed)
	})
	return n, signed, err
}

func (s *Service) sign(tree *audit.Tree) (*StoredCheckpoint, error) {
	root, err := tree.Root(tree.Size())
	if err != nil {
		return nil, err
	}
	origin, err := audit.KeyName(s.logKey.Public)
	if err != nil {
		return nil, err
	}
	note, err := audit.Sign(s.logKey.Private, audit.Checkpoint{Origin: origin, Size: tree.Size(), Root: root, Time: s.now()})
	if err != nil {
		return nil, err
	}
	return &StoredCheckpoint{Size: tree.Size(), Note: note}, nil
}

// LogKey returns the public key that checkpoints are checked with; empty when this
// instance has none.
func (s *Service) LogKey() string { return s.logKey.Public }

// Checkpoint returns the newest signed checkpoint, as text and as what it says.
func (s *Service) Checkpoint(ctx context.Context, actor Actor) (note []byte, says audit.Checkpoint, err error) {
	if !s.mayReadCheckpoints(actor) {
		return nil, says, forbidden()
	}
	kept, err := read(ctx, s, func(r Reader) (StoredCheckpoint, error) {
		c, err := r.Checkpoint()
		if isNoRow(err) {
			return c, NotFoundError(Text{ZH: "检查点", EN: "A checkpoint"})
		}
		return c, err
	})
	if err != nil {
		return nil, says, err
	}
	says, err = s.opened(kept)
	return kept.Note, says, err
}

// CheckpointsSince returns checkpoints over more than the given number of events, to
// be kept outside the database.
func (s *Service) CheckpointsSince(ctx context.Context, size int64) ([]StoredCheckpoint, error) {
	return read(ctx, s, func(r Reader) ([]StoredCheckpoint, error) { return r.Checkpoints(size, 1_000) })
}

// SequenceEvery is how often an instance sequences: an event is in a signed
// checkpoint at most a second after its commit, unless the database is behind.
const SequenceEvery = 500 * time.Millisecond
