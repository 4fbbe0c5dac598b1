package prove

import (
	"fmt"
	"testing"
	"time"
)

// TestACutConnectionNeitherLosesNorDoubles is the cut harness: the caller sees
// 503, repeats the request with its key, and the step happens once.
func TestACutConnectionNeitherLosesNorDoubles(t *testing.T) {
	n := count(t, "DUBAN_CUTS", 60)
	began := time.Now()
	p := newProxy(t)
	w, db := viaProxy(t, p)
	w.serve()
	c := gather(w, clients, nil)
	for i := range n {
		// Two of three at COMMIT, where nobody knows what happened.
		p.arm(plan{commit: i%3 != 0, where: cuts[random(len(cuts))], skip: random(12)})
		for until := time.Now().Add(startLimit); p.armed() && !c.wrong(); time.Sleep(time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("cut %d did not come: the clients send nothing\n%s", i, w.server.said())
			}
		}
		if (i+1)%max(30, n/8) == 0 {
			w.judge(c, "under load")
		}
		if t.Failed() || c.wrong() {
			break
		}
	}
	c.disperse()
	f := w.judge(c, "at the end")
	repeated := c.repeatAll(clients)
	for _, problem := range c.problems {
		t.Error(problem)
	}
	made, atCommit := map[string]int{}, 0
	for _, d := range p.done {
		made[fmt.Sprintf("%s, COMMIT %t", d.where, d.commit)]++
		if d.commit {
			atCommit++
		}
	}
	// Three tokens note once a minute that they are in use; a cut there is nobody's
	// step, and nobody is told. Any other COMMIT is of one step to one of each client.
	notes := 3 * (1 + int(time.Since(began)/time.Minute))
	if unknown := c.codes["store.commit_unknown"]; unknown > atCommit*clients || unknown < atCommit-notes {
		t.Errorf("%d connections were cut at COMMIT and %d requests were told that the outcome is unknown", atCommit, unknown)
	}
	// What the server still holds for a caller that is gone keeps others waiting.
	var left int
	must(t, db.Admin().QueryRow("SELECT COUNT(*) FROM information_schema.innodb_trx").Scan(&left))
	if left != 0 {
		t.Errorf("%d transactions are still open", left)
	}
	report(t, "%d cuts %v", len(p.done), made)
	report(t, "%d steps acknowledged on %d tasks, %d lost, %d doubled, %d contradictions, %d false conflicts or other wrong answers",
		c.acked, f.tasks, f.lost, f.doubled, len(f.broken), len(c.problems))
	report(t, "%d requests without an answer or refused with 503 %v; %d steps were done by one of those and answered by a later one; %d answers repeated, byte for byte the same; %s in all",
		c.unknown, c.codes, c.kept, repeated, time.Since(began).Round(time.Second))
}
