package workflow_test

import (
	"database/sql"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql" // counts statements beside the store

	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// TestQueriesAreBounded: what a step or a view asks of the database does not grow
// with the number of tasks. The server itself counts the statements.
func TestQueriesAreBounded(t *testing.T) {
	cfg := dbtest.MariaDBConfig(t)
	store, err := gormstore.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	counter, err := sql.Open("mysql", cfg.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = counter.Close() })
	counter.SetMaxOpenConns(1)
	questions := func() (n int) {
		var name string
		if err := counter.QueryRowContext(t.Context(), "SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	w := newWorld(t, store)
	many := func(n int) {
		for range n {
			w.in("flagged_lagging")
			w.in("reported")
		}
	}
	measured := map[string]func(){
		"report": func() {
			if _, err := w.do(reporter, workflow.EventReport, w.assign().ID); err != nil {
				t.Fatal(err)
			}
		},
		"task list": func() {
			if _, err := w.Tasks(t.Context(), auditor, workflow.TaskFilter{Campaign: campaignCode, Limit: workflow.MaxPage}); err != nil {
				t.Fatal(err)
			}
		},
		"lag table": func() {
			if _, err := w.LagData(t.Context(), auditor, campaignCode, "h1", workflow.AsOf{}); err != nil {
				t.Fatal(err)
			}
		},
	}
	today := workflow.EndOf(day("2023-07-05"))
	measured["lag table of a past moment"] = func() {
		if _, err := w.LagData(t.Context(), auditor, campaignCode, "h1", today); err != nil {
			t.Fatal(err)
		}
	}
	measured["task list of a past moment"] = func() {
		if _, err := w.TasksAsOf(t.Context(), auditor, workflow.TaskFilter{Limit: workflow.MaxPage}, today); err != nil {
			t.Fatal(err)
		}
	}
	measured["tally"] = func() {
		if _, err := w.Tally(t.Context(), auditor, campaignCode, "h1", workflow.AsOf{}); err != nil {
			t.Fatal(err)
		}
	}
	measured["dashboard"] = func() {
		if _, err := w.Dashboard(t.Context(), auditor, campaignCode, "h1", workflow.AsOf{}); err != nil {
			t.Fatal(err)
		}
	}
	first := w.in("rectified")
	measured["event search"] = func() {
		if _, err := w.SearchEvents(t.Context(), auditor, workflow.EventQuery{Regions: []string{"440703"}, Names: []string{"flag"}, Limit: 50}); err != nil {
			t.Fatal(err)
		}
	}
	measured["timeline"] = func() {
		if _, err := w.Timeline(t.Context(), reviewer, first.ID); err != nil {
			t.Fatal(err)
		}
	}
	measured["statistics"] = func() {
		if _, err := w.Statistics(t.Context(), auditor, campaignCode, "h1"); err != nil {
			t.Fatal(err)
		}
	}
	measured["task list by due date"] = func() {
		if _, err := w.Tasks(t.Context(), reporter, workflow.TaskFilter{ByDue: true, Limit: workflow.MaxPage}); err != nil {
			t.Fatal(err)
		}
	}
	measured["queue of reviews"] = func() {
		f := workflow.TaskFilter{States: []workflow.State{workflow.Reported}, ByWait: true, Reports: true, Limit: workflow.MaxPage}
		if _, err := w.Tasks(t.Context(), reviewer, f); err != nil {
			t.Fatal(err)
		}
	}
	for name, who := range map[string]workflow.Actor{"inbox of a reporter": reporter, "inbox of a reviewer": reviewer, "inbox of a supervisor": supervisor} {
		measured[name] = func() {
			if _, err := w.Inbox(t.Context(), who, nil, 30); err != nil {
				t.Fatal(err)
			}
		}
	}
	measured["overdue"] = func() {
		if _, err := w.Overdue(t.Context(), auditor, workflow.OverdueFilter{Limit: 50}); err != nil {
			t.Fatal(err)
		}
	}
	// BEGIN and COMMIT included; report: with the assignment before it; event search:
	// with the event of the reading.
	most := map[string]int{"report": 14, "task list": 7, "task list by due date": 8, "queue of reviews": 8, "inbox of a reporter": 18, "inbox of a reviewer": 18, "inbox of a supervisor": 20,
		"lag table": 9, "lag table of a past moment": 6, "task list of a past moment": 8, "tally": 12, "dashboard": 13,
		"event search": 13, "timeline": 11, "statistics": 13, "overdue": 5}
	many(3)
	for name, do := range measured {
		do() // what is kept in memory is in memory
		before := questions()
		do()
		few := questions() - before - 1 // the counter's own question
		if few > most[name] || few < 3 {
			t.Errorf("%s: %d statements, at most %d are expected", name, few, most[name])
		}
		t.Logf("%s: %d statements", name, few)
		many(20)
		before = questions()
		do()
		// The inbox reads events a hundred at a time, up to five hundred.
		bounded := strings.HasPrefix(name, "inbox")
		if now := questions() - before - 1; now != few && !(bounded && now <= most[name]) {
			t.Errorf("%s: %d statements with few tasks, %d with 20 more", name, few, now)
		}
	}
}
