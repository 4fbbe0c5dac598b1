// Package storetest is the contract of workflow.Store as tests: every store must
// pass Run, on every database it speaks to.
package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Run tests the contract. open returns an empty store for one test; it closes it
// when the test ends.
func Run(t *testing.T, open func(t *testing.T) workflow.Store) {
	for _, group := range []struct {
		name  string
		tests func(t *testing.T, setup setup)
	}{
		{"Regions", testRegions},
		{"RegionChanges", testRegionChanges},
		{"Users", testUsers},
		{"UserPages", testUserPages},
		{"Delegations", testDelegations},
		{"Links", testLinks},
		{"Own", testOwn},
		{"Credentials", testCredentials},
		{"Attempts", testAttempts},
		{"Factors", testFactors},
		{"Campaigns", testCampaigns},
		{"Identity", testIdentity},
		{"CallersLeave", testCallersLeave},
		{"Tasks", testTasks},
		{"Steps", testSteps},
		{"TaskList", testTaskList},
		{"TaskSearch", testTaskSearch},
		{"Reports", testReports},
		{"Evidence", testEvidence},
		{"Reviews", testReviews},
		{"Flags", testFlags},
		{"Events", testEvents},
		{"Accepted", testAccepted},
		{"EventSearch", testEventSearch},
		{"Overdue", testOverdue},
		{"PeriodReads", testPeriodReads},
		{"Editions", testEditions},
		{"NarrativeEdits", testNarrativeEdits},
		{"Replays", testReplays},
		{"Update", testUpdate},
		{"Locks", testLocks},
		{"View", testView},
	} {
		t.Run(group.name, func(t *testing.T) {
			group.tests(t, func(t *testing.T) *bundle { return &bundle{t: t, store: open(t)} })
		})
	}
}

// setup returns a fresh bundle for one test.
type setup func(t *testing.T) *bundle

// bundle is a store in a test, with what most tests need of it.
type bundle struct {
	t     *testing.T
	store workflow.Store
}

// update runs a unit of work that must succeed.
func (b *bundle) update(fn func(tx workflow.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), fn); err != nil {
		b.t.Fatalf("Update: %v", err)
	}
}

// refused runs a unit of work that must fail with want.
func (b *bundle) refused(want error, fn func(tx workflow.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), fn); !errors.Is(err, want) {
		b.t.Fatalf("Update: got error %v, want %v", err, want)
	}
}

// read returns what a read that must succeed finds in a View of its own.
func read[N any](b *bundle, get func(r workflow.Reader) (N, error)) N {
	b.t.Helper()
	var found N
	if err := b.store.View(b.t.Context(), func(r workflow.Reader) (err error) {
		found, err = get(r)
		return err
	}); err != nil {
		b.t.Fatalf("View: %v", err)
	}
	return found
}

// seed stores what tasks refer to: two regions and a campaign in both.
func (b *bundle) seed() workflow.Campaign {
	b.t.Helper()
	c := sampleCampaign()
	b.update(func(tx workflow.Tx) error {
		for _, code := range c.Regions {
			if err := tx.InsertRegion(workflow.Region{Code: code, Name: "区" + code}); err != nil {
				return err
			}
		}
		return tx.InsertCampaign(c)
	})
	return c
}

// seedTask stores a task and what it refers to.
func (b *bundle) seedTask() workflow.Task {
	b.t.Helper()
	b.seed()
	task := sampleTask(1)
	b.update(func(tx workflow.Tx) error { return tx.InsertTasks([]workflow.Task{task}) })
	return task
}

// same fails unless two values are deeply equal.
func same(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// sameError fails unless err is want.
func sameError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// everyFieldSet fails when a sample leaves a field at its zero value: a round
// trip proves nothing for that field.
func everyFieldSet(t *testing.T, sample any) {
	t.Helper()
	v := reflect.ValueOf(sample)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && v.Field(i).IsZero() {
			t.Fatalf("the sample %s has no %s", v.Type(), f.Name)
		}
	}
}

// strangers are identities that no row has, chosen to be found by mistake.
var strangers = []string{"", " ", "%", "' OR 1=1 -- ", "1 OR 1=1", "440703 ", "\xff\xfe", "440703\x00", "no-such"}

// neverFound tests that a single read finds none of the strangers.
func neverFound[N any](b *bundle, name string, get func(r workflow.Reader, identity string) (N, error)) {
	b.t.Helper()
	for _, identity := range strangers {
		err := b.store.View(b.t.Context(), func(r workflow.Reader) error {
			_, err := get(r, identity)
			return err
		})
		if !errors.Is(err, workflow.ErrNoRow) {
			b.t.Errorf("%s(%q): got error %v, want ErrNoRow", name, identity, err)
		}
	}
}

// noon is a moment with microseconds; later moments are noon plus something.
var noon = time.Date(2023, 8, 31, 4, 0, 0, 123_456_000, time.UTC)

func after(d time.Duration) time.Time { return noon.Add(d) }

func id(n int) string { return fmt.Sprintf("0189f0c0-0000-7000-8000-%012d", n) }

func date(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func decimal(s string) assess.Decimal {
	var d assess.Decimal
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func figure(s string) *assess.Decimal {
	d := decimal(s)
	return &d
}
