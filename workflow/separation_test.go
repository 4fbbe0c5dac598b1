package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

func separationOf(t *testing.T, text string) workflow.Separation {
	t.Helper()
	d, err := workflow.ReadDefinition("workflow.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return d.CheckSeparation(policy)
}

// TestDutiesAreSeparated: by the definition and the policy that the program comes
// with, nobody does alone what takes two; every way to break that is found.
func TestDutiesAreSeparated(t *testing.T) {
	whole := separationOf(t, string(configs.Workflow))
	if whole.Err() != nil || len(whole.Sets) < 19 || whole.Steps == 0 {
		t.Fatalf("%d sets, %d steps, holes %v", len(whole.Sets), whole.Steps, whole.Holes)
	}
	for name, c := range map[string]struct {
		change []string
		set    string // of the first hole
		path   string
	}{
		"approving one's own report": {[]string{"to: reviewed, by: [reviewer], guards: [no_open_flag, not_author]", "to: reviewed, by: [reviewer], guards: [no_open_flag]"},
			"reporter:own + reviewer (deputy)", "report approve"},
		"reviewers report, and approve it": {[]string{"to: reviewed, by: [reviewer], guards: [no_open_flag, not_author]", "to: reviewed, by: [reviewer], guards: [no_open_flag]",
			"from: assigned, to: reported, by: [reporter, operator]", "from: assigned, to: reported, by: [reporter, operator, reviewer]"},
			"reviewer", "report approve"},
		"confirming one's own rectification": {[]string{"guards: [open_flag, not_author]", "guards: [open_flag]"},
			"reporter:own + reviewer (deputy)", "flag report confirm_rectified"},
		"closing what was never reviewed": {[]string{"{event: close, from: reviewed, to: closed", "{event: close, from: assigned, to: closed"}, "supervisor", "close"},
		"approving nothing":               {[]string{"{event: approve, from: reported", "{event: approve, from: assigned"}, "reviewer", "approve"},
		"a shell on the server approves":  {[]string{"to: reviewed, by: [reviewer]", "to: reviewed, by: [reviewer, operator]"}, "operator", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := string(configs.Workflow)
			for i := 0; i < len(c.change); i += 2 {
				changed := strings.Replace(text, c.change[i], c.change[i+1], 1)
				if changed == text {
					t.Fatalf("the definition no longer has %q", c.change[i])
				}
				text = changed
			}
			found := separationOf(t, text)
			if found.Err() == nil {
				t.Fatal("not found")
			}
			var path []string
			for _, step := range found.Holes[0].Path {
				path = append(path, string(step.Event))
			}
			if got := found.Holes[0].Grants.String(); got != c.set || strings.Join(path, " ") != c.path {
				t.Errorf("found %s by %q, want %s by %q", got, path, c.set, c.path)
			}
		})
	}
}

// TestOneAccountAloneOnTheRealEngine walks at random what the search walks whole: one
// account of each lawful set, every event, on a real store, while days and periods
// pass. It never gets a task where the search says that it cannot.
func TestOneAccountAloneOnTheRealEngine(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	random := rand.New(rand.NewPCG(1, 2))
	sets := separationOf(t, string(configs.Workflow)).Sets
	reached := map[string]bool{}
	for i, set := range sets {
		one := workflow.Actor{UserID: fmt.Sprintf("one%d", i), Channel: "test", Grants: slices.Clone(set)}
		for range 2 {
			w.on([]string{"2023-07-05", "2023-07-12"}[random.IntN(2)])
			task := w.assign()
			for range 12 {
				out, err := w.do(one, taskEvents[random.IntN(len(taskEvents))], task.ID)
				if err != nil {
					continue
				}
				state := out.Task.State
				if reached[string(state)] = true; slices.Contains([]workflow.State{workflow.Reviewed, workflow.Rectified, workflow.Closed}, state) {
					t.Fatalf("%s took a task to %s", set, state)
				}
			}
		}
	}
	for _, state := range []string{"reported", "flagged_lagging", "assigned", "cancelled"} {
		if !reached[state] {
			t.Errorf("nobody got a task to %s: the walk is too short", state)
		}
	}
}

// TestAReportsDigestIsOfAllThatItSays: of every field but what the program makes of
// it, so that a field that is added later is in it.
func TestAReportsDigestIsOfAllThatItSays(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	list, err := w.Reports(w.ctx(), auditor, w.in("reviewed").ID)
	if err != nil {
		t.Fatal(err)
	}
	first := list[0]
	fields := reflect.TypeFor[workflow.Report]()
	for i := range fields.NumField() {
		changed := first
		f := reflect.ValueOf(&changed).Elem().Field(i)
		switch {
		case f.Kind() == reflect.String:
			f.SetString(f.String() + "x")
		case f.Kind() == reflect.Int:
			f.SetInt(f.Int() + 1)
		case f.Kind() == reflect.Slice:
			f.Set(reflect.Append(f, reflect.Zero(f.Type().Elem())))
		default:
			f.SetZero()
		}
		outside := slices.Contains([]string{"ID", "Assessment", "Warnings", "Status", "SubmittedAt"}, fields.Field(i).Name)
		if same := changed.Digest() == first.Digest(); same != outside {
			t.Errorf("with another %s the digest is the same: %v", fields.Field(i).Name, same)
		}
	}
}
