package bench

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"duban/cmd/workload"
)

// A campaign of a generated site is a city's year: seven districts, a hundred
// tasks, four periods of which the last is open.
const (
	tasksOfCampaign = 100
	eventsOfTask    = 10
	halfYear        = "h1" // the period whose lag table is read
)

var (
	districts = []string{"440703", "440704", "440705", "440781", "440783", "440784", "440785"}
	periods   = []map[string]any{
		{"code": "q1", "label": "1-3月", "cutoff": "2023-03-31", "report_by": "2023-04-10"},
		{"code": halfYear, "label": "1-6月", "cutoff": "2023-06-30", "report_by": "2023-07-10"},
		{"code": "q3", "label": "1-9月", "cutoff": "2023-09-30", "report_by": "2023-10-10"},
		{"code": "fy", "label": "全年", "cutoff": "2023-12-31", "report_by": "2024-01-10"},
	}
)

// pasts are what happened to tasks in each period. With the assignment and three
// times the opening of a period that makes ten events. Six in ten wait for the last
// report.
var pasts = []string{
	"full approve | full approve | full approve |",
	"full approve | full approve | full approve |",
	"full approve | full approve | full approve |",
	"full approve | part approve | full approve |",
	"part approve | part flag | part confirm |",
	"full approve | full return full withdraw | |",
	"full approve | full approve | | full approve",
	"full approve | part approve | | part approve",
	"part flag | part confirm | | part flag",
	"part approve flag part confirm | | | full",
}

// past returns what happened to a task in a period, 0 to 3.
func past(task, period int) []string {
	whole := pasts[task/len(districts)%len(pasts)] // every district has some of each
	return strings.Fields(strings.Split(whole, "|")[period])
}

// stepsOf returns the steps that the words of pasts stand for, and "assign". Where
// they lead depends on where they begin.
func stepsOf(district string, task int) map[string]workload.Step {
	good, bad := workload.Life(campaignCode(0), district, 2*task), workload.Life(campaignCode(0), district, 2*task+1)
	return map[string]workload.Step{
		"assign": good[0], "full": good[1], "approve": good[2],
		"part": bad[1], "flag": bad[2], "confirm": bad[4],
		"withdraw": {Name: "withdraw", By: good[1].By, Path: "/tasks/%s/withdraw", Body: map[string]any{}},
		"return":   {Name: "return", By: good[2].By, Path: "/tasks/%s/return", Body: map[string]any{"reason": "证明材料不全，请补充照片和验收单。"}},
	}
}

// live makes campaign 0 with all its tasks and their pasts, over HTTP.
func (g *grown) live(ctx context.Context) error {
	campaign := workload.Campaign(campaignCode(0), "")
	campaign["regions"], campaign["periods"] = districts, periods
	if err := g.supervise(ctx, "/campaigns", campaign); err != nil {
		return err
	}
	ids, reports := make([]string, tasksOfCampaign), make([]int, tasksOfCampaign)
	for p, period := range periods {
		if p > 0 {
			if err := g.supervise(ctx, fmt.Sprintf("/campaigns/%s/periods/%s/open", campaignCode(0), period["code"]), map[string]any{}); err != nil {
				return err
			}
		}
		for i := range ids {
			district := districts[i%len(districts)]
			steps, names := stepsOf(district, i), past(i, p)
			if p == 0 {
				names = append([]string{"assign"}, names...)
			}
			for _, name := range names {
				a, err := steps[name].About(reports[i]).Send(ctx, g.people(district), ids[i], uuid.NewString())
				if err := a.Check(err); err != nil {
					return fmt.Errorf("%s of task %d in period %s: %w", name, i, period["code"], err)
				}
				ids[i], reports[i] = a.Task.ID, max(a.Report, reports[i])
			}
		}
	}
	return nil
}

func (g *grown) supervise(ctx context.Context, path string, body any) error {
	a, err := g.people("").Supervisor.Do(ctx, http.MethodPost, path, "", body)
	if err := a.Check(err); err != nil {
		return fmt.Errorf("posting to %s: %w", path, err)
	}
	return nil
}
