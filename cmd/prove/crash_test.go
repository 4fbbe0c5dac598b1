package prove

import (
	"sync/atomic"
	"testing"
	"time"

	"duban/workflow/gormstore/dbtest"
)

// clients at once while something is killed.
const clients = 8

// killer ends the server or its database at random moments and starts it again.
type killer struct {
	*world
	database *dbtest.Server // nil on SQLite
	sent     atomic.Bool    // a step has just left a client
	crowd    *crowd
	slowest  map[string]time.Duration // to be ready again, by what was killed
	killed   map[string]int
}

// TestAKillLosesAndDoublesNothing is the crash harness.
func TestAKillLosesAndDoublesNothing(t *testing.T) {
	kills := count(t, "DUBAN_KILLS", 50)
	t.Run("sqlite", func(t *testing.T) { (&killer{world: sqliteWorld(t)}).run(kills) })
	t.Run("mariadb", func(t *testing.T) {
		w, db := mariadbWorld(t)
		(&killer{world: w, database: db}).run(kills)
	})
}

func (k *killer) run(kills int) {
	began := time.Now()
	k.slowest, k.killed = map[string]time.Duration{}, map[string]int{}
	k.serve()
	k.crowd = gather(k.world, clients, func() { k.sent.Store(true) })
	for i := range kills {
		must(k.t, k.strike())
		if (i+1)%max(10, kills/8) == 0 {
			k.judge(k.crowd, "under load")
		}
		if k.t.Failed() || k.crowd.wrong() {
			break
		}
	}
	k.crowd.disperse()
	f := k.judge(k.crowd, "at the end")
	repeated := k.crowd.repeatAll(clients)
	for _, p := range k.crowd.problems {
		k.t.Error(p)
	}
	// The log and everything stored, held against each other by the program itself.
	if said, err := k.server.run(k.t.Context(), "audit", "verify"); err != nil {
		k.t.Errorf("verifying the audit trail: %v\n%s", err, said)
	}
	took := time.Since(began)
	c := k.crowd
	report(k.t, "%d kills %v, %d steps acknowledged on %d tasks, %d lost, %d doubled, %d contradictions, %d wrong answers",
		kills, k.killed, c.acked, f.tasks, f.lost, f.doubled, len(f.broken), len(c.problems))
	report(k.t, "%d requests without an answer or refused with 503 %v; %d steps were done by one of those and answered by a later one; %d answers repeated, byte for byte the same",
		c.unknown, c.codes, c.kept, repeated)
	report(k.t, "slowest time to ready again %v; %s in all, %.0f steps/s", k.slowest, took.Round(time.Second), float64(c.acked)/took.Seconds())
	if c.acked < kills {
		k.t.Errorf("only %d steps were acknowledged during %d kills: there was no load", c.acked, kills)
	}
}

// strike picks a moment and a victim, kills it, starts it again and waits until
// the server is ready.
func (k *killer) strike() error {
	switch random(3) {
	case 0:
		time.Sleep(time.Duration(random(400)) * time.Millisecond)
	case 1: // as soon as there is anything to hit
		time.Sleep(time.Duration(random(20)) * time.Millisecond)
	default: // while a step is being carried out
		time.Sleep(time.Duration(50+random(250)) * time.Millisecond)
		k.sent.Store(false)
		for until := time.Now().Add(time.Second); !k.sent.Load() && time.Now().Before(until); {
			time.Sleep(50 * time.Microsecond)
		}
		time.Sleep(time.Duration(random(5000)) * time.Microsecond)
	}
	victim := "server"
	if k.database != nil {
		victim = []string{"server", "server", "database", "database", "both"}[random(5)]
	}
	k.killed[victim]++
	began := time.Now()
	if victim != "database" {
		k.server.kill()
	}
	if victim != "server" {
		k.database.Kill()
		if err := k.database.Start(); err != nil {
			return err
		}
	}
	if victim != "database" {
		if err := k.server.start(); err != nil {
			return err
		}
		if random(5) == 0 { // and once more, while it starts
			time.Sleep(time.Duration(random(60)) * time.Millisecond)
			k.killed["starting"]++
			k.server.kill()
			began = time.Now()
			if err := k.server.start(); err != nil {
				return err
			}
		}
	}
	if err := k.server.awaitReady(); err != nil {
		return err
	}
	k.slowest[victim] = max(k.slowest[victim], time.Since(began).Round(time.Millisecond))
	return nil
}
