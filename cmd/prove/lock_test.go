package prove

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"duban/cmd/workload"
)

// TestLocksThatOthersHold: somebody else keeps what the step needs for longer
// than the program waits. On both databases at the same time: it takes a while.
func TestLocksThatOthersHold(t *testing.T) {
	t.Parallel()
	my, _ := mariadbWorld(t)
	lite := sqliteWorld(t)
	other, err := sql.Open("sqlite", "file:"+lite.file+"?_txlock=immediate&_busy_timeout=10000")
	must(t, err)
	defer other.Close()
	type hold struct {
		what    string
		o       *outage
		release func()
		answer  chan workload.Answer
	}
	holds := []hold{
		{"MariaDB, the row of the task (1205)", peaceful(my), held(t, my.look, "SELECT id FROM tasks FOR UPDATE"), nil},
		{"SQLite, the file", peaceful(lite), held(t, other, "UPDATE regions SET name = name"), nil},
	}
	began := time.Now()
	for i := range holds {
		h := &holds[i]
		h.answer = make(chan workload.Answer, 1)
		go func() { h.answer <- h.o.send("en") }()
	}
	for _, h := range holds {
		h.o.isReady(true) // one row, or one writer, waits; everybody can read
		h.o.reads(true)
	}
	for _, h := range holds {
		h.o.refused(<-h.answer, "en", "store.busy")
		report(t, "%s: refused after %s", h.what, time.Since(began).Round(time.Second))
		h.release()
		h.o.over()
		h.o.recovers()
	}
}

// held runs a statement in a transaction that stays open until release.
func held(t *testing.T, db *sql.DB, statement string) (release func()) {
	t.Helper()
	tx, err := db.Begin()
	must(t, err)
	_, err = tx.Exec(statement)
	must(t, err)
	return func() { must(t, tx.Rollback()) }
}

// TestDeadlocks: one deadlock is nobody's business, one after the other is
// answered with 503.
func TestDeadlocks(t *testing.T) {
	t.Parallel()
	w, _ := mariadbWorld(t)
	o := peaceful(w)
	one, met := o.entangled(1)
	if one.Status != http.StatusOK || met != 1 {
		t.Errorf("after %d deadlocks the step was answered with %d %s, want 200 after one", met, one.Status, one.Body)
	}
	if !o.crowd.carryOut(o.life, len(o.life.answered)) { // the same answer, to write it down
		t.Fatal(o.crowd.problems)
	}
	many, met := o.entangled(50)
	o.refused(many, "en", "store.busy")
	o.isReady(true)
	report(t, "refused after %d deadlocks in a row", met)
	o.over()
	o.recovers()
}

// entangled sends the next step while rivals deadlock with it, one after the
// other, up to so many times. Each rival has the step's idempotency record, which
// the step writes last, and then wants the task, which the step has. It has
// written far more than the step, so MariaDB lets the step give way (1213).
func (o *outage) entangled(most int) (answer workload.Answer, deadlocks int) {
	o.t.Helper()
	k := len(o.life.answered)
	var actor string
	login := []string{"supervisor", "reporter", "reviewer"}[min(k, 2)]
	must(o.t, o.look.QueryRow("SELECT id FROM users WHERE login = ?", login).Scan(&actor))
	rivals := [2]*rival{newRival(o), newRival(o)}
	defer rivals[0].leave()
	defer rivals[1].leave()
	rivals[0].take(actor, o.life.key(k))
	<-rivals[0].ready
	answered := make(chan workload.Answer, 1)
	go func() { answered <- o.send("en") }()
	for i := 0; ; i++ {
		r, next := rivals[i%2], rivals[(i+1)%2]
		if i+1 < most {
			next.take(actor, o.life.key(k)) // gets it when this one lets go
		}
		for !o.stuck() {
			select {
			case a := <-answered:
				return a, deadlocks
			case <-time.After(time.Millisecond):
			}
		}
		_, err := r.conn.ExecContext(o.t.Context(), "SELECT id FROM tasks WHERE id = ? FOR UPDATE", o.life.task)
		must(o.t, err)
		deadlocks++
		_, err = r.conn.ExecContext(o.t.Context(), "ROLLBACK")
		must(o.t, err)
		if i+1 == most {
			return <-answered, deadlocks
		}
		<-next.ready
	}
}

// stuck reports whether a statement of the program waits.
func (o *outage) stuck() bool {
	var n int
	err := o.look.QueryRow("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'duban' AND command IN ('Query', 'Execute') AND time_ms > 20").Scan(&n)
	must(o.t, err)
	return n > 0
}

// rival is a connection that stands in the way.
type rival struct {
	o     *outage
	conn  *sql.Conn
	ready chan struct{}
}

func newRival(o *outage) *rival {
	o.t.Helper()
	conn, err := o.look.Conn(o.t.Context())
	must(o.t, err)
	return &rival{o: o, conn: conn, ready: make(chan struct{}, 1)}
}

// weight is how many rows a rival writes first, so that it is the heavier one.
const weight = 300

// take begins a transaction that gets hold of a request key as soon as it is
// free.
func (r *rival) take(actor, key string) {
	go func() {
		defer func() { r.ready <- struct{}{} }()
		for _, statement := range []string{
			"ROLLBACK", "BEGIN",
			"INSERT INTO replays (actor_id, replay_key, hash, answer, created_at) VALUES " + strings.TrimSuffix(strings.Repeat("(UUID(), UUID(), '', '', NOW()),", weight), ","),
			"INSERT INTO audit_events (id, at, outcome, name, subject, subject_id, version, actor_id, request_key, campaign, region, period, canonical) VALUES (UUID(), NOW(), '', '', '', UUID(), 1, '" + actor + "', '" + key + "', '', '', '', '')",
		} {
			if _, err := r.conn.ExecContext(context.Background(), statement); err != nil {
				return // the step was faster, and is what counts
			}
		}
	}()
}

// leave gives up what the rival still holds.
func (r *rival) leave() {
	_, _ = r.conn.ExecContext(context.Background(), "ROLLBACK") // nothing of it is kept
	_ = r.conn.Close()
}
