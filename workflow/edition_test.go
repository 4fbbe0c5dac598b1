package workflow_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/lagtable"
)

// issue issues the lag table of a period, whatever it cannot speak of.
func (w *world) issue(period string) workflow.Edition {
	w.t.Helper()
	data, err := w.LagData(w.ctx(), supervisor, campaignCode, period, workflow.AsOf{})
	if err != nil {
		w.t.Fatal(err)
	}
	in := workflow.IssueInput{Campaign: campaignCode, Period: period}
	for _, g := range data.Gaps {
		in.AcceptGaps = append(in.AcceptGaps, g.Task.Code)
	}
	out, err := w.IssueTable(w.ctx(), by(supervisor), in, lagtable.Freeze)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Edition
}

func (w *world) edition(number int) lagtable.Table {
	w.t.Helper()
	table, err := lagtable.Edition(w.ctx(), w.Service, auditor, campaignCode, "h1", number)
	if err != nil {
		w.t.Fatal(err)
	}
	return table
}

// TestAnEditionStaysAsItWasIssued: whatever happens to its tasks afterwards, it gives
// the same bytes in every format; what came later is in the next one, and is told
// cell by cell.
func TestAnEditionStaysAsItWasIssued(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		stays, gone := w.in("flagged_lagging"), w.in("flagged_lagging")
		late := w.in("assigned")
		first := w.issue("h1")
		if first.Number != 1 || first.Rows != 2 || len(first.Gaps) != 1 || first.Gaps[0].Code != late.Code || first.IssuedBy != "supervisor" {
			t.Fatalf("the first edition is %+v", first)
		}
		before := map[string]string{}
		for _, f := range lagtable.Formats {
			var b strings.Builder
			if err := f.Write(w.edition(1), &b); err != nil {
				t.Fatal(err)
			}
			before[f.Name] = b.String()
		}
		for _, step := range []struct {
			id    string
			event workflow.EventName
			who   workflow.Actor
			in    workflow.Input
		}{
			{gone.ID, workflow.EventReport, reporter, km(10)}, {gone.ID, workflow.EventConfirm, reviewer, workflow.Input{}},
			{late.ID, workflow.EventReport, reporter, km(3)}, {late.ID, workflow.EventFlag, reviewer, flagging},
			{stays.ID, workflow.EventReport, reporter, km(8)}, {stays.ID, workflow.EventConfirm, reviewer, workflow.Input{}},
		} {
			var err error
			if step.event == workflow.EventReport {
				step.in.Narrative = "已整改。"
				_, err = w.Report(w.ctx(), by(step.who), step.id, step.in)
			} else {
				_, err = w.do(step.who, step.event, step.id)
			}
			if err != nil {
				t.Fatalf("%s: %v", step.event, err)
			}
		}
		second := w.issue("h1")
		if second.Number != 2 || len(second.Gaps) != 0 || second.SHA256 == first.SHA256 {
			t.Fatalf("the second edition is %+v", second)
		}
		for _, f := range lagtable.Formats {
			var b strings.Builder
			if err := f.Write(w.edition(1), &b); err != nil {
				t.Fatal(err)
			}
			if b.String() != before[f.Name] {
				t.Errorf("%s: the first edition has other bytes after the second", f.Name)
			}
		}
		changes, err := lagtable.Between(w.ctx(), w.Service, auditor, lagtable.Comparison{Campaign: campaignCode, Period: "h1", To: 2})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/changes.golden.json", changes)
		if annex := w.edition(2).Annex; annex == nil || len(annex.Rows) != len(changes.Rows) {
			t.Errorf("the annex of the second edition is %+v", annex)
		}
		now, err := lagtable.Between(w.ctx(), w.Service, auditor, lagtable.Comparison{Campaign: campaignCode, Period: "h1"})
		if err != nil || len(now.Rows) != 0 {
			t.Errorf("since the second edition: %+v, %v", now, err)
		}
		all, err := w.Editions(w.ctx(), stranger, campaignCode, "h1")
		if err != nil || len(all) != 2 || all[0].Rows != 0 || len(all[0].Gaps) != 0 {
			t.Errorf("another region is told of %+v, %v", all, err)
		}
		if part, err := w.EditionTable(w.ctx(), stranger, campaignCode, "h1", 1); err != nil || len(part.Table.Rows) != 0 || !part.Part {
			t.Errorf("another region sees %+v, %v", part, err)
		}
		_, err = w.EditionTable(w.ctx(), auditor, campaignCode, "h1", 3)
		kind(t, err, workflow.NotFound, "")
	})
}

// golden compares a value with a file, which DUBAN_UPDATE writes.
func golden(t *testing.T, path string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("DUBAN_UPDATE") != "" {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != string(got)+"\n" {
		t.Errorf("%s: got %s, %v", path, got, err)
	}
}

// TestIssuingAsksForEachGap: nothing is issued until exactly the tasks without a
// verdict are acknowledged, and only by those who may.
func TestIssuingAsksForEachGap(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.in("flagged_lagging")
	unreported, waiting := w.in("assigned"), w.in("reported")
	issue := func(who workflow.Actor, accepted ...string) error {
		_, err := w.IssueTable(w.ctx(), by(who), workflow.IssueInput{Campaign: campaignCode, Period: "h1", AcceptGaps: accepted}, lagtable.Freeze)
		return err
	}
	for _, who := range []workflow.Actor{reporter, reviewer, auditor, systemAdmin} {
		kind(t, issue(who, unreported.Code, waiting.Code), workflow.Forbidden, "")
	}
	e := kind(t, issue(supervisor), workflow.Conflict, "edition.gaps")
	if len(e.Fields) != 2 || e.Fields[0].Rule != "unreported" || e.Fields[1].Rule != "unreviewed" || !strings.Contains(e.Fields[1].Text.ZH, waiting.Code) {
		t.Errorf("the refusal names %+v", e.Fields)
	}
	kind(t, issue(supervisor, unreported.ID), workflow.Conflict, "edition.gaps")
	kind(t, issue(supervisor, unreported.Code, waiting.ID, "none"), workflow.Invalid, "")
	if all, err := w.Editions(w.ctx(), auditor, campaignCode, "h1"); err != nil || len(all) != 0 {
		t.Fatalf("refused, and yet there is %+v, %v", all, err)
	}
	if err := issue(supervisor, unreported.Code, waiting.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.IssueTable(w.ctx(), by(supervisor), workflow.IssueInput{Campaign: campaignCode, Period: "none"}, lagtable.Freeze)
	kind(t, err, workflow.NotFound, "")
}

// TestOfThoseWhoIssueAtOnceEachNumberHasOneWinner, and numbers have no gap.
func TestOfThoseWhoIssueAtOnceEachNumberHasOneWinner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.in("flagged_lagging")
		for number := range 4 {
			var wait sync.WaitGroup
			won := make([]error, 4)
			for i := range won {
				wait.Go(func() {
					who := actor([]string{"supervisor", "supervisor2"}[i%2], workflow.Supervisor, "")
					_, won[i] = w.IssueTable(w.ctx(), by(who), workflow.IssueInput{Campaign: campaignCode, Period: "h1", Number: number + 1}, lagtable.Freeze)
				})
			}
			wait.Wait()
			winners := 0
			for _, err := range won {
				if err == nil {
					winners++
				} else {
					kind(t, err, workflow.Conflict, "edition.number")
				}
			}
			if winners != 1 {
				t.Fatalf("number %d has %d winners: %v", number+1, winners, won)
			}
		}
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(func() {
				if _, err := w.IssueTable(w.ctx(), by(supervisor), workflow.IssueInput{Campaign: campaignCode, Period: "h1"}, lagtable.Freeze); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		all, err := w.Editions(w.ctx(), auditor, campaignCode, "h1")
		if err != nil {
			t.Fatal(err)
		}
		var numbers []int
		for _, e := range all {
			numbers = append(numbers, e.Number)
		}
		if !slices.Equal(numbers, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
			t.Errorf("numbers %v", numbers)
		}
	})
}

// TestEditingANarrative: only the narrative changes, only for the report that it is
// of, and never a figure or a verdict.
func TestEditingANarrative(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task := w.in("assigned")
		report := km(6)
		report.Narrative = "已完成６公里，汛期受阻；其余待开工。"
		if _, err := w.Report(w.ctx(), by(reporter), task.ID, report); err != nil {
			t.Fatal(err)
		}
		edit := func(who workflow.Actor, text string) error {
			_, err := w.EditNarrative(w.ctx(), by(who), workflow.NarrativeInput{Campaign: campaignCode, Period: "h1", Task: task.Code, Narrative: text, Reason: "精简"})
			return err
		}
		kind(t, edit(supervisor, "汛期受阻。"), workflow.Conflict, "narrative.no_verdict")
		if _, err := w.do(reviewer, workflow.EventFlag, task.ID); err != nil {
			t.Fatal(err)
		}
		printed := func(asOf workflow.AsOf) string {
			data, err := w.LagData(w.ctx(), auditor, campaignCode, "h1", asOf)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(lagtable.Build(data).Rows[0].Progress, "|")
		}
		kind(t, edit(reviewer, "汛期受阻。"), workflow.Forbidden, "")
		for _, text := range []string{"已完成7公里。", "已完成6公里，6公里已验收。", "按进度完成。", "【重点考核】受阻。", ""} {
			e := kind(t, edit(supervisor, text), workflow.Invalid, "")
			if e.Fields[0].Field != "narrative" {
				t.Errorf("%q: %+v", text, e.Fields)
			}
		}
		w.on("2023-07-08")
		if err := edit(supervisor, "已完成6公里，汛期受阻。"); err != nil {
			t.Fatal(err)
		}
		const edited = "未按进度完成。|已完成6公里，汛期受阻。"
		if got := printed(workflow.AsOf{}); got != edited {
			t.Errorf("printed: %s", got)
		}
		if got := printed(workflow.EndOf(day("2023-07-07"))); !strings.Contains(got, "其余待开工") {
			t.Errorf("the day before the edit: %s", got)
		}
		w.issue("h1")

		// Taken back, edited again, and then the district reports anew.
		if err := edit(supervisor, report.Narrative); err != nil {
			t.Fatal(err)
		}
		if got := printed(workflow.AsOf{}); !strings.Contains(got, "其余待开工") {
			t.Errorf("taken back: %s", got)
		}
		if err := edit(supervisor, "汛期受阻。"); err != nil {
			t.Fatal(err)
		}
		later := km(8)
		later.Narrative = "已完成8公里。"
		if _, err := w.Report(w.ctx(), by(reporter), task.ID, later); err != nil {
			t.Fatal(err)
		}
		if _, err := w.do(reviewer, workflow.EventConfirm, task.ID); err != nil {
			t.Fatal(err)
		}
		out, err := w.IssueTable(w.ctx(), by(supervisor), workflow.IssueInput{Campaign: campaignCode, Period: "h1"}, lagtable.Freeze)
		if err != nil || len(out.Stale) != 1 || out.Stale[0].Text != "汛期受阻。" {
			t.Fatalf("the stale edit is not named: %+v, %v", out, err)
		}
		if got := strings.Join(w.edition(2).Rows[0].Progress, "|"); !strings.HasSuffix(got, "|已完成8公里。") {
			t.Errorf("the second edition prints %s", got)
		}
		if got := strings.Join(w.edition(1).Rows[0].Progress, "|"); got != edited {
			t.Errorf("the first edition prints %s", got)
		}
		views, err := w.NarrativeEdits(w.ctx(), reporter, campaignCode, "h1")
		if err != nil || len(views) != 3 || views[0].Original != report.Narrative || views[2].Status != workflow.EditStale {
			t.Errorf("the edits are %+v, %v", views, err)
		}
		if views, err := w.NarrativeEdits(w.ctx(), stranger, campaignCode, "h1"); err != nil || len(views) != 0 {
			t.Errorf("another region sees %+v, %v", views, err)
		}
	})
}
