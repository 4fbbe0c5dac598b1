package trail_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/trail"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

var auditor = workflow.Actor{UserID: "auditor", Channel: "test", Grants: []workflow.Grant{{Role: workflow.Auditor}}}

// service returns a service with so many events of a campaign, and their ids,
// newest first.
func service(t *testing.T, n int) (*workflow.Service, []string) {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(def)
	if err != nil {
		t.Fatal(err)
	}
	store := dbtest.SQLite(t)
	events, ids := make([]audit.Event, n), make([]string, n)
	for i := range events {
		events[i] = audit.Event{
			ID: fmt.Sprintf("0189f0c0-0000-7000-8000-%012d", i), At: time.UnixMicro(1_690_000_000_000_000 + int64(i/2)), Outcome: audit.Accepted, Name: "report",
			Subject: "test", SubjectID: fmt.Sprint(i), Version: 1, ActorID: "a", Channel: "test", Campaign: "c",
		}
		if err := events[i].Seal(); err != nil {
			t.Fatal(err)
		}
		ids[n-1-i] = events[i].ID
	}
	for some := range slices.Chunk(events, 5_000) {
		if err := store.Update(t.Context(), func(tx workflow.Tx) error { return tx.AppendEvents(some) }); err != nil {
			t.Fatal(err)
		}
	}
	return workflow.NewService(store, policy, def, time.Now, []byte("test")), ids
}

// TestAnExportTellsWhatItLeavesOut: more than fits is told in the last row, and the
// rest begins where the export says.
func TestAnExportTellsWhatItLeavesOut(t *testing.T) {
	const rest = 7
	s, ids := service(t, workflow.MaxExport+rest)
	q := workflow.EventQuery{Campaign: "c"}
	var got []string
	for i, want := range []int{workflow.MaxExport, rest} {
		var file bytes.Buffer
		out, err := trail.Export(t.Context(), s, auditor, q, trail.CSV, &file)
		if err != nil || out.Rows != want || (out.Next == nil) != (i == 1) {
			t.Fatalf("export %d: %+v, %v", i, out, err)
		}
		lines := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\ufeff")))
		lines.FieldsPerRecord = -1
		rows, err := lines.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1 : want+1] {
			got = append(got, row[len(row)-1])
		}
		if last := rows[len(rows)-1]; i == 0 && (len(last) != 1 || last[0] != trail.LeftOut(out).ZH || len(rows) != want+2) || i == 1 && len(rows) != want+1 {
			t.Errorf("export %d has %d rows and ends with %q", i, len(rows), last)
		}
		q.Before = out.Next
	}
	if !slices.Equal(got, ids) {
		t.Errorf("the exports have %d events that are not the %d stored ones in order", len(got), len(ids))
	}
}

// full is a disk on which nothing more fits.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// TestAnExportThatCannotBeWrittenIsNone: nobody is told that it is there.
func TestAnExportThatCannotBeWrittenIsNone(t *testing.T) {
	s, _ := service(t, 2_000)
	for _, format := range []trail.Format{trail.CSV, trail.XLSX} {
		for _, room := range []int{0, 100, 2_000} {
			if out, err := trail.Export(t.Context(), s, auditor, workflow.EventQuery{Campaign: "c"}, format, &full{room}); err == nil {
				t.Errorf("%s in %d bytes: %+v", format, room, out)
			}
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if out, err := trail.Export(stopped, s, auditor, workflow.EventQuery{Campaign: "c"}, trail.XLSX, io.Discard); err == nil {
		t.Errorf("an export that was stopped: %+v", out)
	}
}
