package workflow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore"
	"duban/workflow/gormstore/dbtest"
)

// servers are two stores on one database, which take turns by chance: each keeps what it
// left of a task, and the other may have gone on with it since. What a step begins with
// is held against what is stored.
type servers struct {
	workflow.Store
	other  workflow.Store
	t      *testing.T
	random *rand.Rand
	steps  int
}

func (s *servers) Step(ctx context.Context, ahead workflow.Ahead, fn func(workflow.StepTx, *workflow.Start) error) error {
	one := s.Store
	if s.random.IntN(3) == 0 {
		one = s.other
	}
	var stored workflow.Start
	if ahead.TaskID != "" {
		if err := one.Update(ctx, func(tx workflow.Tx) (err error) {
			stored, err = tx.LockTask(ahead.TaskID)
			return err
		}); err != nil {
			s.t.Fatal(err)
		}
	}
	var begins workflow.Start
	err := one.Step(ctx, ahead, func(tx workflow.StepTx, start *workflow.Start) error {
		begins = *start // of the run that counts: the last
		return fn(tx, start)
	})
	if begins.Replay = nil; ahead.TaskID != "" {
		if s.steps++; !reflect.DeepEqual(begins, stored) {
			s.t.Errorf("a step begins with\n%s\n%s\n%s\nbut stored is\n%s\n%s\n%s",
				show(begins), show(begins.Report), show(begins.Flag), show(stored), show(stored.Report), show(stored.Flag))
		}
	}
	return err
}

func show(v any) string { return fmt.Sprintf("%+v", v) }

// TestAStepBeginsWithWhatIsStored: a server keeps what its last step of a task left, and
// never takes that for what is stored when it is not.
func TestAStepBeginsWithWhatIsStored(t *testing.T) {
	dbtest.EachConfig(t, func(t *testing.T, _ string, cfg gormstore.Config) {
		t.Parallel()
		seed := rand.Uint64()
		t.Log("seed ", seed)
		s := &servers{Store: dbtest.Open(t, cfg), other: dbtest.Open(t, cfg), t: t, random: rand.New(rand.NewPCG(seed, 0))}
		var sum played
		playStories(t, s, s.random, &sum)
		t.Logf("%d steps of %d lives", s.steps, sum.lives.Load())
	})
}
