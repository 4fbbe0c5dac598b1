package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore/dbtest"
)

const (
	storyTasks      = 10 // lives of one campaign
	storiesOfAStore = 10
)

// TestThePastIsAsItWas: what people were shown at a moment, each within their
// scope, is what the views as of that moment show ever after, however the
// histories went on; and the events alone give every row of the tables as it is.
// DUBAN_HISTORIES says how many lives of tasks are played on SQLite; on MariaDB it
// is a twentieth. Both are rounded up to whole databases.
func TestThePastIsAsItWas(t *testing.T) {
	histories := 500
	if text := os.Getenv("DUBAN_HISTORIES"); text != "" {
		var err error
		if histories, err = strconv.Atoi(text); err != nil || histories < 1 {
			t.Fatalf("DUBAN_HISTORIES=%s", text)
		}
	}
	perStore := storyTasks * storiesOfAStore
	for name, on := range map[string]struct {
		histories int
		store     func(t *testing.T) workflow.Store
	}{
		"sqlite":  {histories, func(t *testing.T) workflow.Store { return dbtest.SQLite(t) }},
		"mariadb": {histories / 20, func(t *testing.T) workflow.Store { return dbtest.MariaDB(t) }},
	} {
		t.Run(name, func(t *testing.T) {
			var sum played
			t.Cleanup(func() {
				t.Logf("%d lives with %d events, %d answers compared", sum.lives.Load(), sum.events.Load(), sum.answers.Load())
			})
			for range (on.histories + perStore - 1) / perStore {
				seed := rand.Uint64()
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					t.Parallel()
					playStories(t, on.store(t), rand.New(rand.NewPCG(seed, 0)), &sum)
				})
			}
		})
	}
}

// story is a campaign whose tasks live at random.
type story struct {
	*world
	random  *rand.Rand
	code    string
	regions []string
	states  map[string]string // of tasks, by id, as keys of machine
	ids     []string
	taken   []taken
}

// played counts what all stories of a database did.
type played struct{ lives, events, answers atomic.Int64 }

func playStories(t *testing.T, store workflow.Store, random *rand.Rand, sum *played) {
	w := newWorld(t, store)
	stories := make([]*story, storiesOfAStore)
	for i := range stories {
		stories[i] = &story{world: w, random: random, code: fmt.Sprint("story-", i), regions: []string{"440703", "440704"}, states: map[string]string{}}
		c := campaign()
		c.Code = stories[i].code
		if _, err := w.CreateCampaign(w.ctx(), by(supervisor), c); err != nil {
			t.Fatal(err)
		}
	}
	for range 12 * storyTasks * storiesOfAStore {
		s := stories[random.IntN(len(stories))]
		s.act()
		if random.IntN(25) == 0 {
			s.look()
		}
	}
	w.now.Add(1)
	accepted := 0
	for _, s := range stories {
		sum.lives.Add(int64(len(s.ids)))
		sum.answers.Add(int64(len(s.taken)))
		for _, k := range s.taken {
			if again := ask(k.ask, k.asOf); !reflect.DeepEqual(again, k.then) {
				t.Fatalf("%s as of %s:\nthen  %+v\nlater %+v", k.name, k.asOf, k.then, again)
			}
		}
		accepted += s.rebuilt()
	}
	sum.events.Add(int64(accepted))
	if accepted < 3*storyTasks*storiesOfAStore {
		t.Errorf("only %d events: hardly anything happened", accepted)
	}
}

// act does something in the campaign that may be refused.
func (s *story) act() {
	switch n := s.random.IntN(100); {
	case len(s.ids) == 0 || n < 20 && len(s.ids) < storyTasks:
		s.assignOne()
	case n < 3:
		_, _ = s.OpenPeriod(s.ctx(), by(supervisor), s.code, pick(s.random, "q3", "fy"), s.random.IntN(3) > 0)
		s.lookUp()
	case n < 6:
		s.importOne()
	default:
		s.step(pick(s.random, s.ids...))
	}
	if s.random.IntN(10) == 0 {
		s.now.Add(int64(s.random.IntN(5 * 24 * 3600)))
	}
}

func (s *story) assignOne() {
	n := newTask(fmt.Sprintf("%s-T%d", s.code, len(s.ids)), pick(s.random, s.regions...))
	n.Key = s.random.IntN(3) == 0
	task, err := s.Assign(s.ctx(), by(supervisor), s.code, n)
	if err != nil {
		s.t.Fatal(err)
	}
	s.ids = append(s.ids, task.ID)
	s.states[task.ID] = "assigned"
}

// importOne brings in a later version of the parameters, a region or a period.
func (s *story) importOne() {
	c, err := s.Campaign(s.ctx(), auditor, s.code)
	if err != nil {
		s.t.Fatal(err)
	}
	in := workflow.Import{Campaign: c}
	switch s.random.IntN(3) {
	case 0:
		in.Campaign.Params = assess.Params{Version: c.Params.Version + 1, NearlyRatio: decimal.New(int64(10+s.random.IntN(90)), -2), PaceRatio: assess.DefaultRatio}
	case 1:
		cutoff := calendar.New(2024, time.Month(3+len(c.Periods)), 1)
		in.Campaign.Periods = append(slices.Clone(c.Periods), workflow.Period{Code: fmt.Sprint("extra-", len(c.Periods)), Label: "补", Cutoff: cutoff, ReportBy: cutoff})
	default:
		if s.regions = []string{"440703", "440704", "440705"}; len(c.Regions) < 3 {
			in.Regions = []workflow.Region{{Code: "440705", Name: "新会区"}}
		}
	}
	names := map[string]string{"440703": "蓬江区", "440704": "江海区", "440705": "新会区"}
	for _, code := range c.Regions {
		in.Regions = append(in.Regions, workflow.Region{Code: code, Name: names[code]})
	}
	if _, err := s.Import(s.ctx(), by(operator), in); err != nil {
		s.t.Fatal(err)
	}
}

// step does one event on a task, nearly always one that its state allows.
func (s *story) step(id string) {
	ways := taskEvents
	if s.random.IntN(25) > 0 {
		ways = nil
		for _, e := range taskEvents {
			if _, ok := machine[s.states[id]][e]; ok && (e != workflow.EventCancel && e != workflow.EventClose || s.random.IntN(4) == 0) {
				ways = append(ways, e)
			}
		}
	}
	if len(ways) == 0 {
		return // it has ended
	}
	event := pick(s.random, ways...)
	out, err := s.try(event, id)
	if err == nil {
		s.state(out.Task)
	}
}

// try does an event with random people and input.
func (s *story) try(event workflow.EventName, id string) (workflow.Outcome, error) {
	verdict := pick(s.random, assess.Verdicts...)
	judge := by(pick(s.random, reviewer, reviewer2))
	judging := because
	if s.random.IntN(2) == 0 {
		judging.Verdict = verdict
	}
	if s.random.IntN(3) == 0 {
		judging.Words = map[string]assess.Verdict{"word": verdict}
	}
	switch event {
	case workflow.EventReport:
		in := km(int64(s.random.IntN(25)))
		in.Narrative = pick(s.random, "进展。", "已完成 <A&B>。", "受阻 100％")
		return s.Report(s.ctx(), by(pick(s.random, operator, operator, operator, reporter, both)), id, in)
	case workflow.EventApprove:
		return s.Approve(s.ctx(), judge, id, judging)
	case workflow.EventConfirm:
		return s.ConfirmRectified(s.ctx(), judge, id, judging)
	case workflow.EventFlag:
		in := flagging
		in.Verdict = verdict
		return s.Flag(s.ctx(), judge, id, in)
	case workflow.EventClose, workflow.EventCancel:
		return s.do(supervisor, event, id)
	case workflow.EventWithdraw:
		return s.do(pick(s.random, operator, operator, operator, reporter), event, id)
	default:
		return s.doAs(judge, event, id)
	}
}

// state remembers where a task is.
func (s *story) state(t workflow.Task) {
	s.states[t.ID] = string(t.State)
	if t.State == workflow.Reported && t.FlagID != "" {
		s.states[t.ID] = "reported+flag"
	}
}

// lookUp remembers where all tasks are.
func (s *story) lookUp() {
	page, err := s.Tasks(s.ctx(), auditor, workflow.TaskFilter{Campaign: s.code, Limit: workflow.MaxPage})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, t := range page.Tasks {
		s.state(t)
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }
