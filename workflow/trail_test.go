package workflow_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"duban/workflow/gormstore/dbtest"
)

// number is the value of an environment variable, for the long form of a test.
func number(t testing.TB, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestCleanTrailsRaiseNoAlarm: whatever people did, in whatever order, with the log
// behind or not. DUBAN_CLEAN says of how many histories.
func TestCleanTrailsRaiseNoAlarm(t *testing.T) {
	logs, seed, events := number(t, "DUBAN_CLEAN", 20), rand.Uint64(), int64(0)
	for i := range logs {
		t.Run("", func(t *testing.T) {
			h := newSaga(newWorld(t, dbtest.SQLite(t)), seed+uint64(i))
			if i%10 == 0 {
				h.people() // hashing passwords takes its time
			}
			for range 5 + h.random.IntN(60) {
				h.act()
			}
			if h.random.IntN(4) == 0 {
				h.parameters()
			}
			report := h.verify()
			if !report.Clean() {
				t.Errorf("seed %d: %+v", seed+uint64(i), report.Findings)
			}
			events += report.Size + report.Pending
		})
	}
	if events < int64(logs) {
		t.Fatalf("%d events in %d histories", events, logs)
	}
	t.Logf("0 alarms on %d clean logs of %d events", logs, events)
}
