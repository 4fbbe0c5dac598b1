package workflow

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"duban/workflow/audit"
)

// Service is the product: every verb and every view, for the API, the command
// line and the jobs alike. It is the only one that opens units of work.
type Service struct {
	store  Store
	auth   Authorizer
	def    *Definition
	clock  func() time.Time
	secret []byte
	rules  SignInRules
	logKey LogKey
	// archives is where archived events are; nil: nowhere
	archives ArchiveFolder
	evidence *evidence // nil: files are not kept
	// watch is told of committed events; nil: nobody is
	watch func(audit.Event)

	campaigns sync.Map // code -> Campaign as last read; used while its version is the stored one
}

// NewService returns a service. clock gives the moment at which a unit of work
// happens; secret keys the hashes of sessions and tokens.
func NewService(store Store, auth Authorizer, def *Definition, clock func() time.Time, secret []byte) *Service {
	return &Service{store: store, auth: bounded{auth}, def: def, clock: clock, secret: secret, rules: RulesOf(NIST)}
}

// WithLogKey returns the service with the key that signs the log. Without one the
// log grows unsigned.
func (s *Service) WithLogKey(key LogKey) *Service {
	s.logKey = key
	return s
}

// Definition returns the workflow definition in force. It must not be changed.
func (s *Service) Definition() *Definition { return s.def }

// Ready reports whether the database answers with the program's schema.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// Call is how a verb was asked for.
type Call struct {
	Actor     Actor
	IfVersion int         // If-Match: the version the caller has seen; 0 for any
	Request   *RequestKey // Idempotency-Key; nil for none
	// NamesReport is set where people approve what they see on a screen: they must
	// then say which report that is, by IfVersion or Input.Seen.
	NamesReport bool
	act         act // what it asks for; set by the verb
}

// RequestKey identifies a request that may be sent again.
type RequestKey struct {
	Key  string // chosen by the caller
	Hash string // of what was asked: the same key with another hash is refused
}

// now is the moment of a unit of work: UTC, to the microsecond that databases
// keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// newID returns a new identity: UUID version 7, which sorts by time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// unit is one unit of work that writes: one actor, one moment, one transaction.
type unit struct {
	StepTx
	svc  *Service
	call Call
	now  time.Time
	// looked is what campaignAt read. It is kept in memory only once the unit is
	// committed: before, it may be of a version that is rolled back.
	looked *Campaign
	keyed  bool // an event carries the request key
	// logged are the events to tell of once they are committed
	logged []audit.Event
}

// desk is a unit of work that may write anything, not only what a step does.
type desk struct {
	Tx
	*unit
}

// write runs fn in one unit of work. With a RequestKey the answer of the first
// run is kept in the same transaction and given again to every repetition.
func write[T any](ctx context.Context, s *Service, call Call, fn func(*desk) (T, error)) (T, error) {
	r := newRun(s, call, func(_ Reader, kept Replay) (out T, err error) {
		return out, kept.answer(&out)
	})
	return r.once(ctx, func() error {
		return s.store.Update(ctx, func(tx Tx) (err error) {
			d := &desk{Tx: tx, unit: r.begin(tx)}
			if again, err := r.replayed(tx); again || err != nil {
				return err
			}
			if r.out, err = fn(d); err != nil {
				return err
			}
			return d.remember(r.out)
		})
	})
}

// step is write for a unit of work that begins by locking a task or a campaign,
// and whose answer follows from its one event: again finds it out. start is nil
// when there is nothing to lock.
func step[T any](ctx context.Context, s *Service, call Call, ahead Ahead,
	fn func(u *unit, start *Start) (T, error), again func(Reader, audit.Event) (T, error),
) (T, error) {
	if call.Request != nil {
		ahead.ActorID, ahead.Key = call.Actor.UserID, call.Request.Key
	}
	r := newRun(s, call, func(reader Reader, kept Replay) (T, error) {
		if kept.Event == nil {
			var none T
			return none, errKeyReused() // for a request of another kind
		}
		return again(reader, *kept.Event)
	})
	return r.once(ctx, func() error {
		return s.store.Step(ctx, ahead, func(tx StepTx, start *Start) (err error) {
			u := r.begin(tx)
			if start != nil && start.Replay != nil {
				return r.repeat(tx, *start.Replay)
			}
			r.out, err = fn(u, start)
			return err
		})
	})
}

// run is a unit of work being carried out, for a call that may be sent again.
type run[T any] struct {
	svc   *Service
	call  Call
	now   time.Time
	again func(Reader, Replay) (T, error) // the answer, from what is kept of it

	unit *unit // of the last attempt, as is out
	out  T
}

func newRun[T any](s *Service, call Call, again func(Reader, Replay) (T, error)) *run[T] {
	return &run[T]{svc: s, call: call, now: s.now(), again: again}
}

// begin starts an attempt: nothing of one that was rolled back is left.
func (r *run[T]) begin(tx StepTx) *unit {
	r.unit = &unit{StepTx: tx, svc: r.svc, call: r.call, now: r.now}
	return r.unit
}

// once carries the unit of work out.
func (r *run[T]) once(ctx context.Context, carryOut func() error) (T, error) {
	var none T
	if err := r.call.Request.check(); err != nil {
		return none, err
	}
	err := carryOut()
	if err == nil {
		if looked := r.unit.looked; looked != nil {
			r.svc.campaigns.Store(looked.Code, *looked)
		}
		r.svc.tell(r.unit.logged...)
		return r.out, nil
	}
	if r.call.Request != nil && KindOf(err) != Unavailable {
		// It may have been carried out before, or a twin of this request may have won.
		var again bool
		lookErr := r.svc.store.View(ctx, func(reader Reader) (err error) {
			again, err = r.replayed(reader)
			return err
		})
		if lookErr != nil {
			// Without the look, a refusal of what the twin has done would be a lie.
			return none, AsError(lookErr)
		}
		if again {
			return r.out, nil
		}
	}
	return none, r.svc.refused(ctx, r.call, err)
}

// read runs fn on one snapshot.
func read[T any](ctx context.Context, s *Service, fn func(Reader) (T, error)) (T, error) {
	var out T
	err := s.store.View(ctx, func(r Reader) (err error) {
		out, err = fn(r)
		return err
	})
	if err != nil {
		var none T
		return none, AsError(err)
	}
	return out, nil
}

// record seals an audit event of this unit of work. The caller sets what
// happened to which subject; who, when and from where are added here.
func (u *unit) record(e audit.Event) (audit.Event, error) {
	a := u.call.Actor
	e.ID, e.At, e.Outcome = newID(), u.now, audit.Accepted
	e.ActorID, e.Channel, e.Address, e.RequestID = a.UserID, a.Channel, a.Address, a.RequestID
	if k := u.call.Request; k != nil && !u.keyed {
		e.RequestKey, e.RequestHash, u.keyed = k.Key, k.Hash, true
	}
	err := e.Seal()
	return e, err
}

// log records one event and adds it to the transaction.
func (u *unit) log(e audit.Event) error {
	sealed, err := u.record(e)
	if err != nil {
		return err
	}
	u.logged = append(u.logged, sealed)
	return u.AppendEvents([]audit.Event{sealed})
}

// may returns the role in which the unit's actor may do something, or a
// Forbidden error.
func (u *unit) may(p Permission, region string) (Role, error) {
	g, err := u.mayBy(p, region)
	return g.Role, err
}

// mayBy is may with the grant itself, which says on whose behalf.
func (u *unit) mayBy(p Permission, region string) (Grant, error) {
	g, ok := u.svc.auth.May(u.call.Actor, p, region)
	if !ok {
		return Grant{}, forbidden()
	}
	return g, nil
}

func forbidden() *Error {
	return NewError(Forbidden, "forbidden", "您的角色无权执行此操作", "Your role may not do this")
}

func isNoRow(err error) bool { return errors.Is(err, ErrNoRow) }
