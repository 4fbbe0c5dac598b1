package bench

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"duban/cmd/workload"
	"duban/workflow"
)

// operation is what is measured: once sends one request and says how long the
// answer took.
type operation struct {
	name string
	once func(*grown, context.Context) (time.Duration, error)
}

// atWork is how many campaigns people work on, the newest ones, however many older
// ones there are.
const atWork = 100

var operations = []operation{
	{"step of a new task", (*grown).newStep},
	{"step of a generated task", (*grown).oldStep},
	{"task list, first page", func(g *grown, ctx context.Context) (time.Duration, error) { return g.get(ctx, "/tasks") }},
	{"task list, deep page", (*grown).deepPage},
	{"lag table, campaign at work", func(g *grown, ctx context.Context) (time.Duration, error) { return g.lagTable(ctx, g.newest()) }},
	{"lag table, any campaign", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.lagTable(ctx, g.any())
	}},
	{"events of a task", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "task", g.any()+"/"+g.taskCode())
	}},
	{"events of a district and period", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "region", g.district(), "period", periods[g.random.IntN(len(periods))]["code"].(string))
	}},
	{"events of a person", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "person", login(g.district()))
	}},
	{"events of a kind, ten days", func(g *grown, ctx context.Context) (time.Duration, error) {
		from := g.dayOf(g.random.IntN(g.campaigns()))
		return g.query(ctx, "/events", "name", "flag", "from", day(from), "until", day(from.AddDate(0, 0, 9)))
	}},
	{"events of a kind by a person, rare", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "person", login(g.district()), "name", "withdraw", "period", "q1") // none in that period
	}},
	{"events with a text, one campaign", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "campaign", g.any(), "q", "验收单")
	}},
	{"events with a rare text, all since a day", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/events", "q", "没有人写过", "from", day(g.dayOf(0)))
	}},
	{"timeline of a task", (*grown).history},
	{"statistics of a period", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.get(ctx, "/campaigns/"+g.any()+"/periods/"+halfYear+"/statistics")
	}},
	{"overdue tasks, first page", func(g *grown, ctx context.Context) (time.Duration, error) { return g.get(ctx, "/overdue") }},
	{"overdue tasks of a district", func(g *grown, ctx context.Context) (time.Duration, error) {
		return g.query(ctx, "/overdue", "region", g.district())
	}},
}

// any returns one of all campaigns.
func (g *grown) any() string { return campaignCode(g.random.IntN(g.campaigns())) }

func (g *grown) district() string { return districts[g.random.IntN(len(districts))] }

// newest returns one of the campaigns at work.
func (g *grown) newest() string {
	return campaignCode(g.campaigns() - 1 - g.random.IntN(min(atWork, g.campaigns())))
}

// walk is a task on its way through steps that are still to be taken.
type walk struct {
	people workload.People
	task   string
	report int // number of the newest, as far as known
	steps  []workload.Step
}

// next takes the walk's next step.
func (w *walk) next(ctx context.Context) (time.Duration, error) {
	s, began := w.steps[0].About(w.report), time.Now()
	a, err := s.Send(ctx, w.people, w.task, uuid.NewString())
	took := time.Since(began)
	if err := a.Check(err); err != nil {
		return 0, fmt.Errorf("%s of %s: %w", s.Name, w.task, err)
	}
	w.task, w.report, w.steps = a.Task.ID, max(a.Report, w.report), w.steps[1:]
	return took, nil
}

// newTasks is above the numbers of generated tasks.
const newTasks = 1_000_000

// newStep is a step in the life of a task that is made for it.
func (g *grown) newStep(ctx context.Context) (time.Duration, error) {
	if len(g.life.steps) == 0 {
		g.made++
		district := g.district()
		g.life = walk{people: g.people(district), steps: workload.Life(g.newest(), district, newTasks+g.made)}
	}
	return g.life.next(ctx)
}

// oldStep is a step of a generated task that waited for a report.
func (g *grown) oldStep(ctx context.Context) (time.Duration, error) {
	if len(g.past.steps) == 0 {
		if len(g.waiting) == 0 {
			return 0, errors.New("no generated task waits for a report any more: ask for fewer samples or rounds")
		}
		n := g.random.IntN(len(g.waiting))
		t := g.waiting[n]
		g.waiting[n] = g.waiting[len(g.waiting)-1]
		g.waiting = g.waiting[:len(g.waiting)-1]
		g.past = walk{people: g.people(t.District), task: t.ID, steps: workload.Life("", t.District, n)[1:]}
	}
	return g.past.next(ctx)
}

// get reads something as the reviewer, who sees every district.
func (g *grown) get(ctx context.Context, path string) (time.Duration, error) {
	began := time.Now()
	a, err := g.people("").Reviewer.Do(ctx, http.MethodGet, path, "", nil)
	took := time.Since(began)
	if err := a.Check(err); err != nil {
		return 0, fmt.Errorf("reading %s: %w", path, err)
	}
	return took, nil
}

// deepPage is a page in the middle of all tasks, as if somebody had come to it page
// by page.
func (g *grown) deepPage(ctx context.Context) (time.Duration, error) {
	place, err := json.Marshal(workflow.TaskCursor{
		Campaign: campaignCode(g.campaigns()/4 + g.random.IntN(g.campaigns()/2)), Region: g.district(), Seq: g.random.IntN(tasksOfCampaign),
	})
	if err != nil {
		return 0, err
	}
	return g.get(ctx, "/tasks?cursor="+base64.RawURLEncoding.EncodeToString(place))
}

func (g *grown) lagTable(ctx context.Context, campaign string) (time.Duration, error) {
	return g.get(ctx, "/campaigns/"+campaign+"/periods/"+halfYear+"/lag-table")
}
