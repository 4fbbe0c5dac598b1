package workflow_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// act is what somebody asks of a task. Without an event they only look.
type act struct {
	who   workflow.Actor
	event workflow.EventName
	seen  int // If-Match; 0: none
	place int // among the refusals that tell of the same version; see explained
}

// answer is what they are told: the task as it is now, or why not.
type answer struct {
	state   workflow.State
	version int
	refused workflow.Kind
	last    workflow.LastChange // Conflict, Stale: what happened meanwhile
}

// model is a task as domain.md "The state machine" has it. It knows that table
// (machine, performers) and nothing of the engine or its definition.
type model struct {
	state   workflow.State
	flagged bool   // a flag is open
	author  string // of the newest report
	version int
	event   workflow.EventName // the last one
	by      string             // who did it
	told    int                // how many refusals told of this version so far
}

// performers is the table's column "who".
var performers = map[workflow.EventName]workflow.Role{
	workflow.EventReport: workflow.Reporter, workflow.EventWithdraw: workflow.Reporter,
	workflow.EventReturn: workflow.Reviewer, workflow.EventApprove: workflow.Reviewer, workflow.EventFlag: workflow.Reviewer,
	workflow.EventConfirm: workflow.Reviewer, workflow.EventReject: workflow.Reviewer,
	workflow.EventClose: workflow.Supervisor, workflow.EventCancel: workflow.Supervisor,
}

// independent are the events that the report's author must leave to others.
var independent = []workflow.EventName{workflow.EventApprove, workflow.EventFlag, workflow.EventConfirm}

// step reports whether the answer is right for the act at this moment, and what
// the task is afterwards.
func (m model) step(a act, got answer) (bool, model) {
	if a.event == "" {
		return got.refused == "" && got.state == m.state && got.version == m.version, m
	}
	row := string(m.state)
	if m.state == workflow.Reported && m.flagged {
		row = "reported+flag"
	}
	to, possible := machine[row][a.event]
	mine := a.who.UserID == m.author
	forbidden := !a.who.Has(performers[a.event]) ||
		possible && (a.event == workflow.EventWithdraw && !mine || mine && slices.Contains(independent, a.event))
	stale := a.seen != 0 && a.seen != m.version
	told := got.last.State == m.state && got.last.Version == m.version && got.last.Event == string(m.event) && got.last.ActorID == m.by
	switch got.refused {
	case "":
		right := possible && !forbidden && !stale && got.state == to && got.version == m.version+1
		return right, m.after(a, to)
	case workflow.Forbidden:
		return forbidden, m
	case workflow.Stale:
		return stale && told, m
	case workflow.Conflict:
		return !possible && told, m
	default:
		return false, m
	}
}

func (m model) after(a act, to workflow.State) model {
	next := model{state: to, flagged: m.flagged, author: m.author, version: m.version + 1, event: a.event, by: a.who.UserID}
	switch a.event {
	case workflow.EventReport:
		next.author = a.who.UserID
	case workflow.EventFlag:
		next.flagged = true
	case workflow.EventConfirm, workflow.EventCancel:
		next.flagged = false
	}
	return next
}

// explained reports whether the acts could have happened one at a time, each
// between its call and its return, with just these answers. The history is in
// the order of the calls.
//
// A refusal that tells of a version happened while the task was at it, and
// changed nothing. So of all orders it is enough to look at those in which such
// refusals come by their calls, and all of them before the next version: that
// leaves porcupine a handful of orders instead of 2 to the number of refusals.
func explained(start model, history []porcupine.Operation) bool {
	tells := map[int]int{} // refusals by the version they tell of
	var ordered []porcupine.Operation
	for _, o := range history {
		a, got := o.Input.(act), o.Output.(answer)
		if got.refused == workflow.NotFound { // says nothing of the task
			if a.who.UserID != stranger.UserID {
				return false
			}
			continue
		}
		if v := got.last.Version; v != 0 {
			a.place = tells[v]
			tells[v]++
		}
		o.Input = a
		ordered = append(ordered, o)
	}
	return porcupine.CheckOperations(porcupine.Model{
		Init: func() any { return start },
		Step: func(state, in, out any) (bool, any) {
			m, a, got := state.(model), in.(act), out.(answer)
			right, next := m.step(a, got)
			switch {
			case got.last.Version != 0:
				right = right && a.place == m.told
				next.told++
			case next.version != m.version:
				right = right && m.told == tells[m.version]
			}
			return right, next
		},
	}, ordered)
}

// TestEveryHistoryHasOneWinnerAtATime: 8 to 32 people act on one reported task at
// once, each once or twice. Whatever they are told can be explained by one order
// of their acts, and the audit log has that order: one event for each accepted
// act, none for a refused one. DUBAN_ROUNDS says how often.
func TestEveryHistoryHasOneWinnerAtATime(t *testing.T) {
	rounds := 100
	if n := os.Getenv("DUBAN_ROUNDS"); n != "" {
		var err error
		if rounds, err = strconv.Atoi(n); err != nil || rounds < 1 {
			t.Fatalf("DUBAN_ROUNDS is %q, not a number of rounds", n)
		}
	}
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		acts, accepted := 0, 0
		for n := range rounds {
			start, history := w.round(random)
			if t.Failed() {
				t.Fatalf("round %d of seed %d:\n%s", n, seed, tell(start, history))
			}
			acts += len(history)
			for _, o := range history {
				if o.Output.(answer).refused == "" {
					accepted++
				}
			}
		}
		t.Logf("%d rounds, %d acts, %d accepted", rounds, acts, accepted)
	})
}

// round lets people act on one new task and checks what became of it.
func (w *world) round(random *rand.Rand) (model, []porcupine.Operation) {
	w.t.Helper()
	w.on("2023-07-05") // before the report-by date, however many rounds went before
	author := []workflow.Actor{reporter, both}[random.IntN(2)]
	steps := []act{{who: author, event: workflow.EventReport}}
	if random.IntN(2) == 0 {
		steps = append(steps, act{who: reviewer, event: workflow.EventFlag}, act{who: author, event: workflow.EventReport})
		if author.UserID == both.UserID {
			steps[1].who = reviewer2
		}
	}
	task := w.assign()
	start := model{state: task.State, version: task.Version}
	for _, s := range steps {
		out := w.ask(s, task.ID)
		if out.refused != "" {
			w.t.Fatalf("%s by %s: %s", s.event, s.who.UserID, out.refused)
		}
		start = start.after(s, out.state)
	}

	var clock atomic.Int64 // orders calls and returns
	var mu sync.Mutex
	var history []porcupine.Operation
	perform := func(client int, a act) {
		o := porcupine.Operation{ClientId: client, Input: a, Call: clock.Add(1)}
		o.Output = w.ask(a, task.ID)
		o.Return = clock.Add(1)
		mu.Lock()
		defer mu.Unlock()
		history = append(history, o)
	}
	var ready, done sync.WaitGroup
	ready.Add(1)
	people := 8 + random.IntN(25)
	for client := range people {
		plan := plans[random.IntN(len(plans))](client, author)
		for i := range plan {
			plan[i].seen = []int{0, start.version, start.version + i}[random.IntN(3)]
		}
		done.Go(func() {
			ready.Wait()
			for _, a := range plan {
				perform(client, a)
			}
		})
	}
	ready.Done()
	done.Wait()
	perform(people, act{who: auditor})
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	if !explained(start, history) {
		w.t.Errorf("no order of the acts explains the answers")
	}
	w.logged(task.ID, start, history)
	return start, history
}

// plans are what one of the people may be up to.
var plans = []func(client int, author workflow.Actor) []act{
	reviewing(workflow.EventApprove), reviewing(workflow.EventReturn), reviewing(workflow.EventFlag),
	reviewing(workflow.EventConfirm), reviewing(workflow.EventReject), reviewing(workflow.EventReturn, workflow.EventApprove),
	func(_ int, author workflow.Actor) []act {
		return []act{{who: author, event: workflow.EventWithdraw}, {who: author, event: workflow.EventReport}}
	},
	func(_ int, author workflow.Actor) []act { return []act{{who: author, event: workflow.EventApprove}} },
	func(int, workflow.Actor) []act {
		return []act{{who: colleague, event: workflow.EventWithdraw}, {who: colleague, event: workflow.EventReport}}
	},
	func(client int, _ workflow.Actor) []act {
		if client%4 > 0 { // seldom: it ends everything
			return []act{{who: stranger, event: workflow.EventReport}}
		}
		return []act{{who: supervisor, event: workflow.EventCancel}}
	},
}

func reviewing(events ...workflow.EventName) func(int, workflow.Actor) []act {
	return func(client int, _ workflow.Actor) []act {
		var plan []act
		for _, e := range events {
			plan = append(plan, act{who: actor(fmt.Sprint("reviewer-", client), workflow.Reviewer, ""), event: e})
		}
		return plan
	}
}

// ask carries an act out and returns what the person is told.
func (w *world) ask(a act, id string) answer {
	if a.event == "" {
		view, err := w.Task(w.ctx(), a.who, id)
		return answer{state: view.Task.State, version: view.Task.Version, refused: workflow.KindOf(err)}
	}
	out, err := w.doAs(workflow.Call{Actor: a.who, IfVersion: a.seen}, a.event, id)
	if err == nil {
		return answer{state: out.Task.State, version: out.Task.Version}
	}
	told := answer{refused: workflow.KindOf(err)}
	if last := workflow.AsError(err).Last; last != nil {
		told.last = *last
	}
	return told
}

// logged checks that the audit log has one event for each accepted act, by whom
// it was done, and no other; and as many reviews as reviewers were accepted.
func (w *world) logged(id string, start model, history []porcupine.Operation) {
	w.t.Helper()
	events, err := w.TaskEvents(w.ctx(), auditor, id, start.version, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var accepted, logged []string
	reviews := 0
	for _, o := range history {
		a, got := o.Input.(act), o.Output.(answer)
		if a.event == "" || got.refused != "" {
			continue
		}
		accepted = append(accepted, fmt.Sprintf("%06d %s by %s to %s", got.version, a.event, a.who.UserID, got.state))
		if performers[a.event] == workflow.Reviewer {
			reviews++
		}
	}
	for _, e := range events {
		logged = append(logged, fmt.Sprintf("%06d %s by %s to %s", e.Version, e.Name, e.ActorID, e.To))
	}
	slices.Sort(accepted)
	slices.Sort(logged)
	if !slices.Equal(accepted, logged) {
		w.t.Errorf("accepted were\n%s\nlogged are\n%s", strings.Join(accepted, "\n"), strings.Join(logged, "\n"))
	}
	if start.flagged {
		reviews++ // that opened the flag before
	}
	if list, err := w.Reviews(w.ctx(), auditor, id); err != nil || len(list) != reviews {
		w.t.Errorf("%d reviews, want %d: %v", len(list), reviews, err)
	}
}

// tell writes a history for people.
func tell(start model, history []porcupine.Operation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "at first %+v\n", start)
	for _, o := range history {
		a := o.Input.(act)
		fmt.Fprintf(&b, "%3d-%3d %s %q if version is %d: %+v\n", o.Call, o.Return, a.who.UserID, a.event, a.seen, o.Output)
	}
	return b.String()
}

// TestTheCheckerCanFail: histories that must not happen are told from one that
// may.
func TestTheCheckerCanFail(t *testing.T) {
	start := model{state: workflow.Reported, author: "reporter", version: 2, event: workflow.EventReport, by: "reporter"}
	approved := answer{state: workflow.Reviewed, version: 3}
	returned := answer{state: workflow.Assigned, version: 3}
	lost := func(kind workflow.Kind, state workflow.State, version int, event, by string) answer {
		return answer{refused: kind, last: workflow.LastChange{State: state, Version: version, Event: event, ActorID: by}}
	}
	looks := func(state workflow.State, version int) porcupine.Operation {
		return porcupine.Operation{ClientId: 9, Input: act{who: auditor}, Call: 90, Output: answer{state: state, version: version}, Return: 91}
	}
	op := func(client int, a act, call int64, got answer, ret int64) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: a, Call: call, Output: got, Return: ret}
	}
	approve, back := act{who: reviewer, event: workflow.EventApprove}, act{who: reviewer2, event: workflow.EventReturn}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		may     bool
	}{
		"one wins, the other is told":                {[]porcupine.Operation{op(1, approve, 1, approved, 4), op(2, back, 2, lost(workflow.Conflict, workflow.Reviewed, 3, "approve", "reviewer"), 3), looks(workflow.Reviewed, 3)}, true},
		"one after the other":                        {[]porcupine.Operation{op(1, back, 1, returned, 2), op(2, act{who: reporter, event: workflow.EventReport}, 3, answer{state: workflow.Reported, version: 4}, 4)}, true},
		"two winners":                                {[]porcupine.Operation{op(1, approve, 1, approved, 4), op(2, back, 2, returned, 3)}, false},
		"two winners, one after the other's version": {[]porcupine.Operation{op(1, approve, 1, approved, 4), op(2, back, 2, answer{state: workflow.Assigned, version: 4}, 3)}, false},
		"the winner's act is gone":                   {[]porcupine.Operation{op(1, approve, 1, approved, 2), looks(workflow.Reported, 2)}, false},
		"nobody wins":                                {[]porcupine.Operation{op(1, approve, 1, lost(workflow.Conflict, workflow.Assigned, 3, "return", "reviewer2"), 4), op(2, back, 2, lost(workflow.Conflict, workflow.Reviewed, 3, "approve", "reviewer"), 3)}, false},
		"the loser is told of somebody else":         {[]porcupine.Operation{op(1, approve, 1, approved, 4), op(2, back, 2, lost(workflow.Conflict, workflow.Reviewed, 3, "approve", "reviewer2"), 3)}, false},
		"the loser is told nothing":                  {[]porcupine.Operation{op(1, approve, 1, approved, 4), op(2, back, 2, answer{refused: workflow.Conflict}, 3)}, false},
		"told of what had not begun":                 {[]porcupine.Operation{op(2, back, 1, lost(workflow.Conflict, workflow.Reviewed, 3, "approve", "reviewer"), 2), op(1, approve, 3, approved, 4)}, false},
		"an old version is accepted":                 {[]porcupine.Operation{op(1, act{who: reviewer, event: workflow.EventApprove, seen: 1}, 1, approved, 2)}, false},
		"the right version is stale":                 {[]porcupine.Operation{op(1, act{who: reviewer, event: workflow.EventApprove, seen: 2}, 1, lost(workflow.Stale, workflow.Reported, 2, "report", "reporter"), 2)}, false},
		"the author approves":                        {[]porcupine.Operation{op(1, act{who: actor("reporter", workflow.Reviewer, ""), event: workflow.EventApprove}, 1, approved, 2)}, false},
		"a colleague withdraws":                      {[]porcupine.Operation{op(1, act{who: colleague, event: workflow.EventWithdraw}, 1, returned, 2)}, false},
		"the database was not there":                 {[]porcupine.Operation{op(1, approve, 1, answer{refused: workflow.Unavailable}, 2)}, false},
	} {
		if got := explained(start, c.history); got != c.may {
			t.Errorf("%s: explained %v, want %v", name, got, c.may)
		}
	}
}
