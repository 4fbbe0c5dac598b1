package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/lagtable"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// generated is a generated site of three campaigns and its store.
func generated(t *testing.T, empty gormstore.Config) (*grown, workflow.Store) {
	t.Helper()
	definition, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(definition)
	if err != nil {
		t.Fatal(err)
	}
	var store *gormstore.Store
	open := func(ctx context.Context, c gormstore.Config) (*workflow.Service, func() error, error) {
		if store, err = gormstore.Open(ctx, c); err != nil {
			return nil, nil, err
		}
		return workflow.NewService(store, policy, definition, time.Now, make([]byte, 32)), store.Close, nil
	}
	g, err := grow(t.Context(), Growth{Store: empty, Operator: workflow.OperatorActor("test"), Open: open}, 3*tasksOfCampaign)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.close(); err != nil {
			t.Error(err)
		}
	})
	return g, store
}

// TestGeneratedCampaignsAreLikeTheProducts: what the product reads of a copy is what
// it reads of the campaign that it made itself, but for names, and works on.
func TestGeneratedCampaignsAreLikeTheProducts(t *testing.T) {
	for name, empty := range map[string]func(testing.TB) gormstore.Config{"sqlite": dbtest.EmptySQLite, "mariadb": dbtest.EmptyMariaDB} {
		t.Run(name, func(t *testing.T) {
			g, store := generated(t, empty(t))
			if err := store.View(t.Context(), func(r workflow.Reader) error {
				made := campaignText(t, r, 0)
				for n := 1; n < g.campaigns(); n++ {
					copied := campaignText(t, r, n)
					if withoutNames(copied) != withoutNames(made) {
						t.Errorf("campaign %d is not like the one that was copied:\n%s\n%s", n, withoutNames(copied), withoutNames(made))
					}
					if both := namesInBoth(made, copied); len(both) > len(g.tokens) {
						t.Errorf("campaign %d has more names of the one that was copied than those of people: %v", n, both)
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for n := range g.campaigns() {
				data, err := g.service.LagData(t.Context(), workflow.OperatorActor("test"), campaignCode(n), halfYear, workflow.AsOf{})
				if err != nil {
					t.Fatal(err)
				}
				if table := lagtable.Build(data); len(data.Entries)+len(data.Gaps) != tasksOfCampaign || len(table.Rows) < 30 {
					t.Errorf("lag table of campaign %d: %d entries, %d gaps, %d rows", n, len(data.Entries), len(data.Gaps), len(table.Rows))
				}
			}
			for _, op := range operations {
				for range 12 {
					if _, err := op.once(g, t.Context()); err != nil {
						t.Fatalf("%s: %v", op.name, err)
					}
				}
			}
		})
	}
}

// campaignText returns everything that the product reads of a campaign, as JSON.
func campaignText(t *testing.T, r workflow.Reader, n int) string {
	t.Helper()
	var all strings.Builder
	add := func(noun any, err error) {
		t.Helper()
		if err == nil {
			err = json.NewEncoder(&all).Encode(noun)
		}
		if err != nil {
			t.Fatalf("campaign %d: %v", n, err)
		}
	}
	c, err := r.Campaign(campaignCode(n))
	add(c, err)
	tasks, err := r.Tasks(workflow.TaskFilter{Scope: workflow.Scope{All: true}, Campaign: c.Code})
	if add(tasks, err); len(tasks) != tasksOfCampaign {
		t.Fatalf("campaign %d has %d tasks", n, len(tasks))
	}
	for _, task := range tasks {
		reports, err := r.Reports(task.ID)
		add(reports, err)
		reviews, err := r.Reviews(task.ID)
		add(reviews, err)
		flags, err := r.Flags(task.ID)
		add(flags, err)
		add(fmt.Sprint(len(reports), len(reviews)), nil)
		events, err := r.Events(workflow.EventFilter{Subject: workflow.SubjectTask, SubjectID: task.ID})
		if add(events, err); len(events) != eventsOfTask || task.Version != eventsOfTask {
			t.Fatalf("task %s has version %d and %d events", task.ID, task.Version, len(events))
		}
		for i, e := range events {
			again := e
			if err := again.Seal(); err != nil || !bytes.Equal(again.Canonical(), e.Canonical()) || e.Version != i+1 {
				t.Fatalf("event %d of task %s, sealed again: %v\n%s\n%s", e.Version, task.ID, err, e.Canonical(), again.Canonical())
			}
			if e.RequestKey == "" {
				continue // opening a period
			}
			if kept, err := r.Replay(e.ActorID, e.RequestKey); err != nil || kept.Event.ID != e.ID {
				t.Fatalf("the event of request %s: %v", e.RequestKey, err)
			}
		}
	}
	return all.String()
}

var anyName = regexp.MustCompile(strings.Replace(named.String(), "000000", "[0-9]{6}", 1))

// withoutNames numbers the names in a text, so that texts are equal that speak of
// different things in the same way.
func withoutNames(text string) string {
	numbers := map[string]int{}
	return anyName.ReplaceAllStringFunc(text, func(name string) string {
		if numbers[name] == 0 {
			numbers[name] = len(numbers) + 1
		}
		return fmt.Sprint("#", numbers[name])
	})
}

func namesInBoth(a, b string) []string {
	both := map[string]bool{}
	for _, name := range anyName.FindAllString(a, -1) {
		both[name] = false
	}
	for _, name := range anyName.FindAllString(b, -1) {
		if _, known := both[name]; known {
			both[name] = true
		}
	}
	maps.DeleteFunc(both, func(_ string, in bool) bool { return !in })
	return slices.Sorted(maps.Keys(both))
}
