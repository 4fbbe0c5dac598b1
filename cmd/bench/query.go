package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// query is get with parameters: name, value, name, value.
func (g *grown) query(ctx context.Context, path string, parameters ...string) (time.Duration, error) {
	v := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		v.Add(parameters[i], parameters[i+1])
	}
	return g.get(ctx, path+"?"+v.Encode())
}

// taskCode returns the code of a task of every generated campaign.
func (g *grown) taskCode() string { return fmt.Sprintf("L%d", 2*g.random.IntN(tasksOfCampaign)) }

// dayOf returns a day on which events of a generated campaign happened.
func (g *grown) dayOf(campaign int) time.Time {
	return time.Now().Add(-ago(campaign, g.campaigns()))
}

// history reads the timeline of a generated task.
func (g *grown) history(ctx context.Context) (time.Duration, error) {
	return g.get(ctx, "/tasks/"+g.waiting[g.random.IntN(len(g.waiting))].ID+"/timeline")
}

// day is a day as a parameter.
func day(t time.Time) string { return t.Format(time.DateOnly) }

// waitingTask is a generated task that waits for a report.
type waitingTask struct {
	ID       string `json:"id"`
	District string `json:"region"`
}

// findWaiting lists the tasks that oldStep goes on with.
func (g *grown) findWaiting(ctx context.Context) error {
	for n := max(0, g.campaigns()-atWork); n < g.campaigns(); n++ {
		a, err := g.people("").Reviewer.Do(ctx, http.MethodGet, "/tasks?limit=200&state=assigned&campaign="+campaignCode(n), "", nil)
		if err := a.Check(err); err != nil {
			return fmt.Errorf("listing waiting tasks: %w", err)
		}
		var page struct {
			Items []waitingTask `json:"items"`
		}
		if err := json.Unmarshal(a.Body, &page); err != nil {
			return fmt.Errorf("reading a list of tasks: %w", err)
		}
		g.waiting = append(g.waiting, page.Items...)
	}
	return nil
}
