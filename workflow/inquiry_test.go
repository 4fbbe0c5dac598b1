package workflow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
)

// trail returns all that is stored in the audit trail, newest first, without
// leaving a trace.
func (w *world) trail() []audit.Event {
	w.t.Helper()
	var all []audit.Event
	f := workflow.EventSearch{Scope: workflow.Scope{All: true}, Limit: 1_000}
	if err := w.store.View(w.ctx(), func(r workflow.Reader) error {
		for {
			found, err := r.SearchEvents(f)
			if err != nil {
				return err
			}
			all = append(all, found.Events...)
			if f.Before = found.Next; f.Before == nil {
				return nil
			}
		}
	}); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// asked reads an answer to its end, page by page.
func (w *world) asked(a workflow.Actor, q workflow.EventQuery) []workflow.EventView {
	w.t.Helper()
	var all []workflow.EventView
	for q.Limit = 3; ; {
		page, err := w.SearchEvents(w.ctx(), a, q)
		if err != nil {
			w.t.Fatalf("%+v: %v", q, err)
		}
		all = append(all, page.Events...)
		if q.Before = page.Next; q.Before == nil {
			return all
		}
	}
}

// elsewhere makes a task of the other district and reports on it.
func (w *world) elsewhere() workflow.Task {
	w.t.Helper()
	t, err := w.Assign(w.ctx(), by(supervisor), campaignCode, newTask("440704-1", "440704"))
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := w.do(stranger, workflow.EventReport, t.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Task
}

func TestAQueryIsAnsweredWithWhatItsConditionsAllow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task := w.in("rectified")
		w.on("2023-07-20")
		w.in("reported")
		other := w.elsewhere()
		stored := w.trail()
		for name, c := range map[string]struct {
			q     workflow.EventQuery
			keeps func(audit.Event) bool
		}{
			"task by id":   {workflow.EventQuery{Task: task.ID}, func(e audit.Event) bool { return e.SubjectID == task.ID }},
			"task by code": {workflow.EventQuery{Task: campaignCode + "/" + other.Code}, func(e audit.Event) bool { return e.SubjectID == other.ID }},
			"region":       {workflow.EventQuery{Regions: []string{"440704"}}, func(e audit.Event) bool { return e.Region == "440704" }},
			"person":       {workflow.EventQuery{Person: "reviewer"}, func(e audit.Event) bool { return e.ActorID == "reviewer" }},
			"two kinds": {workflow.EventQuery{Names: []string{"flag", "report"}}, func(e audit.Event) bool {
				return e.Name == "flag" || e.Name == "report"
			}},
			"refused":    {workflow.EventQuery{Outcome: audit.Refused}, func(audit.Event) bool { return false }},
			"campaign":   {workflow.EventQuery{Campaign: campaignCode}, func(e audit.Event) bool { return e.Campaign == campaignCode }},
			"period":     {workflow.EventQuery{Period: "h1"}, func(e audit.Event) bool { return e.Period == "h1" }},
			"first days": {workflow.EventQuery{Until: day("2023-07-19")}, func(e audit.Event) bool { return e.At.Before(day("2023-07-19").End()) }},
			"one day":    {workflow.EventQuery{From: day("2023-07-20"), Until: day("2023-07-20")}, func(e audit.Event) bool { return !e.At.Before(day("2023-07-20").Start()) }},
			"reason":     {workflow.EventQuery{Campaign: campaignCode, Text: "滞后"}, func(e audit.Event) bool { return e.Name == "flag" }},
			"narrative":  {workflow.EventQuery{Campaign: campaignCode, Text: "进展"}, func(e audit.Event) bool { return strings.Contains(string(e.After), "进展") }},
			"task's name": {workflow.EventQuery{Campaign: campaignCode, Text: "任务440704"}, func(e audit.Event) bool {
				return e.SubjectID == other.ID
			}},
			"together": {workflow.EventQuery{Campaign: campaignCode, Person: "reporter", Names: []string{"report"}, Period: "h1", From: day("2023-07-20")}, func(e audit.Event) bool {
				return e.ActorID == "reporter" && e.Name == "report" && !e.At.Before(day("2023-07-20").Start())
			}},
		} {
			t.Run(name, func(t *testing.T) {
				var want []string
				for _, e := range stored {
					if c.keeps(e) {
						want = append(want, e.ID)
					}
				}
				c.q.Until = orDay(c.q.Until, day("2023-07-20")) // questions that were asked since are events too
				before := len(w.trail())
				got := w.asked(auditor, c.q)
				asked := len(w.trail()) - before
				ids := make([]string, 0, len(got))
				for _, v := range got {
					if v.Event.Name != "audit.read" {
						ids = append(ids, v.Event.ID)
					}
				}
				if !slices.Equal(ids, want) {
					t.Errorf("got %d events, want %d", len(ids), len(want))
				}
				if asked == 0 {
					t.Error("asking left no event")
				}
			})
		}
	})
}

func orDay[T comparable](d, otherwise T) T {
	var none T
	if d == none {
		return otherwise
	}
	return d
}

// TestAReporterSeesTheEventsOfTheOwnDistrictOnly: not another district's, and none
// that belongs to no district, whatever is asked.
func TestAReporterSeesTheEventsOfTheOwnDistrictOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		own, other := w.in("reviewed"), w.elsewhere()
		if _, err := w.CreateUser(w.ctx(), by(operator), workflow.User{Login: "someone", Name: "某人", Grants: []workflow.Grant{{Role: workflow.Reviewer}}}, goodPassword); err != nil {
			t.Fatal(err)
		}
		for name, q := range map[string]workflow.EventQuery{
			"everything": {}, "both regions": {Regions: []string{"440703", "440704"}}, "campaign": {Campaign: campaignCode},
			"the account that made it": {Person: "operator"}, "kinds": {Names: []string{"user.create", "campaign.create", "report"}},
			"a text": {Campaign: campaignCode, Text: "任务"}, "accepted": {Outcome: audit.Accepted},
		} {
			seen := w.asked(reporter, q)
			for _, v := range seen {
				if v.Event.Region != "440703" {
					t.Errorf("%s: a reporter of 440703 sees %s of region %q", name, v.Event.Name, v.Event.Region)
				}
			}
			if len(seen) == 0 && name != "the account that made it" {
				t.Errorf("%s: a reporter sees nothing of the own district", name)
			}
		}
		if got := w.asked(reporter, workflow.EventQuery{Regions: []string{"440704"}}); len(got) != 0 {
			t.Errorf("a reporter asked for another region and got %d events", len(got))
		}
		if got := w.asked(auditor, workflow.EventQuery{Names: []string{"user.create"}}); len(got) != 1 {
			t.Errorf("the auditor sees %d accounts made, want 1", len(got))
		}
		for _, name := range []string{other.ID, campaignCode + "/" + other.Code, "no-such"} {
			_, err := w.SearchEvents(w.ctx(), reporter, workflow.EventQuery{Task: name, Limit: 10})
			kind(t, err, workflow.NotFound, "not_found")
			_, err = w.Timeline(w.ctx(), reporter, name)
			kind(t, err, workflow.NotFound, "not_found")
		}
		if _, err := w.Timeline(w.ctx(), reporter, own.ID); err != nil {
			t.Errorf("a reporter may not see the own district's history: %v", err)
		}
		_, err := w.SearchEvents(w.ctx(), systemAdmin, workflow.EventQuery{Limit: 10})
		kind(t, err, workflow.Forbidden, "forbidden")
	})
}

// TestWhatCannotBeAnsweredIsRefused names each broken rule.
func TestWhatCannotBeAnsweredIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for want, q := range map[string]workflow.EventQuery{
		"text window":     {Text: "油气"},
		"text too_long":   {Text: strings.Repeat("长", 201), Campaign: campaignCode},
		"until order":     {From: day("2023-07-02"), Until: day("2023-07-01")},
		"outcome one_of":  {Outcome: "maybe"},
		"region[1] form":  {Regions: []string{"440703", "江门"}},
		"name[0] form":    {Names: []string{"' OR 1=1"}},
		"campaign form":   {Campaign: "%"},
		"period form":     {Period: "h 1"},
		"text characters": {Text: "\xff", Campaign: campaignCode},
	} {
		q.Limit = 10
		before := len(w.trail())
		_, err := w.SearchEvents(w.ctx(), auditor, q)
		e := kind(t, err, workflow.Invalid, "invalid")
		if got := e.Fields[0].Field + " " + e.Fields[0].Rule; got != want || len(e.Fields) != 1 || len(w.trail()) != before {
			t.Errorf("got %v, want %s", e, want)
		}
	}
}

// readings returns the events of readings, newest first.
func (w *world) readings() []audit.Event {
	w.t.Helper()
	return slices.DeleteFunc(w.trail(), func(e audit.Event) bool { return e.Subject != workflow.SubjectAudit })
}

// TestReadingTheTrailIsInTheTrail: who asked what, and how much was answered. What
// cannot be noted is not answered.
func TestReadingTheTrailIsInTheTrail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		f := &failing{Store: store}
		w := newWorld(t, f)
		task := w.in("reported")
		q := workflow.EventQuery{Campaign: campaignCode, Names: []string{"report"}, Limit: 5}
		nothing := func([]workflow.EventView) error { return nil }
		for name, c := range map[string]struct {
			who   workflow.Actor
			read  func(workflow.Actor) (int, error)
			event string // none when it is empty
			says  string
		}{
			"query": {auditor, func(a workflow.Actor) (int, error) {
				page, err := w.SearchEvents(w.ctx(), a, q)
				return len(page.Events), err
			}, "audit.read", `{"query":{"campaign":"test-2023","names":["report"],"limit":5},"rows":1}`},
			"query of a reporter": {reporter, func(a workflow.Actor) (int, error) {
				page, err := w.SearchEvents(w.ctx(), a, q)
				return len(page.Events), err
			}, "audit.read", `{"query":{"campaign":"test-2023","names":["report"],"limit":5},"rows":1}`},
			"export": {supervisor, func(a workflow.Actor) (int, error) {
				out, err := w.ExportEvents(w.ctx(), a, q, nothing)
				return out.Rows, err
			}, "audit.export", `{"query":{"campaign":"test-2023","names":["report"]},"rows":1,"complete":true}`},
			"timeline of an auditor": {auditor, func(a workflow.Actor) (int, error) {
				line, err := w.Timeline(w.ctx(), a, task.ID)
				return len(line.Entries) - 1, err
			}, "audit.read", `{"task_id":"` + task.ID + `","rows":2}`},
			"events of an auditor": {auditor, func(a workflow.Actor) (int, error) {
				list, err := w.TaskEvents(w.ctx(), a, task.ID, 1, 0)
				return len(list), err
			}, "audit.read", `{"task_id":"` + task.ID + `","rows":1}`},
			"timeline of the reporter": {reporter, func(a workflow.Actor) (int, error) {
				line, err := w.Timeline(w.ctx(), a, task.ID)
				return len(line.Entries) - 1, err
			}, "", ""},
			"events of the reviewer": {reviewer, func(a workflow.Actor) (int, error) {
				list, err := w.TaskEvents(w.ctx(), a, task.ID, 1, 0)
				return len(list), err
			}, "", ""},
		} {
			t.Run(name, func(t *testing.T) {
				before := len(w.readings())
				if c.event != "" {
					f.countdown.Store(1)
					if rows, err := c.read(c.who); workflow.KindOf(err) != workflow.Unavailable {
						t.Errorf("answered with %d rows and %v although it could not be noted", rows, err)
					}
					if len(w.readings()) != before {
						t.Error("the reading that failed is in the trail")
					}
				}
				rows, err := c.read(c.who)
				if err != nil || rows != 1 {
					t.Fatalf("%d rows, %v", rows, err)
				}
				now := w.readings()
				if c.event == "" {
					if len(now) != before {
						t.Errorf("daily work left %v", now[0])
					}
					return
				}
				e := now[0]
				if len(now) != before+1 || e.Name != c.event || e.ActorID != c.who.UserID || e.ActorRole != string(c.who.Grants[0].Role) ||
					string(e.After) != c.says || e.Version != 1 || e.Outcome != audit.Accepted || e.Region != "" {
					t.Errorf("the trail has %s", e.Canonical())
				}
			})
		}
	})
}

// TestTheEventOfAReadingNamesNobody: it has the id of who was asked about, or a
// digest of what is no id.
func TestTheEventOfAReadingNamesNobody(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	person, err := w.CreateUser(w.ctx(), by(operator), workflow.User{Login: "zhang.san", Name: "张三", Grants: []workflow.Grant{{Role: workflow.Reviewer}}}, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{
		"zhang.san": person.ID, "ZHANG.SAN": person.ID, person.ID: person.ID, "operator": "operator", "zhang.shan": "",
	} {
		q := workflow.EventQuery{Person: asked, Limit: 5}
		if _, err := w.SearchEvents(w.ctx(), auditor, q); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ExportEvents(w.ctx(), auditor, q, func([]workflow.EventView) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for _, e := range w.readings()[:2] {
			var told struct{ Query struct{ Person string } }
			if err := json.Unmarshal(e.After, &told); err != nil {
				t.Fatal(err)
			}
			got := told.Query.Person
			if want != "" && got != want || got == "" || strings.Contains(string(e.Canonical()), "zhang") {
				t.Errorf("asked about %s, the event has %s", asked, e.Canonical())
			}
		}
	}
}

// TestAnExportHasWhatTheListHas, page for page, and says that nothing is left out.
func TestAnExportHasWhatTheListHas(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.in("rectified")
	w.elsewhere()
	q := workflow.EventQuery{Campaign: campaignCode}
	var exported []workflow.EventView
	out, err := w.ExportEvents(w.ctx(), auditor, q, func(rows []workflow.EventView) error {
		exported = append(exported, rows...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	text := func(list []workflow.EventView) string {
		b, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if listed := w.asked(auditor, q); text(exported) != text(listed) || out.Rows != len(listed) || out.Next != nil || len(listed) < 8 {
		t.Errorf("exported %d rows (%+v), listed %d", len(exported), out, len(listed))
	}
	refused := workflow.NewError(workflow.Internal, "test", "测试", "test")
	before := len(w.readings())
	if _, err := w.ExportEvents(w.ctx(), auditor, q, func([]workflow.EventView) error { return refused }); err == nil || len(w.readings()) != before {
		t.Errorf("an export that failed ended with %v", err)
	}
}
