package workload

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Campaign is what a life happens in: one region, targets long past, so that a
// low figure is behind and a full one on schedule.
func Campaign(code, region string) map[string]any {
	return map[string]any{
		"code": code, "title": "负载 " + code, "starts": "2023-01-01",
		"assessment": map[string]any{"version": 1, "nearly_ratio": "0.70", "pace_ratio": "0.70"},
		"regions":    []string{region},
		"periods":    []map[string]any{{"code": "h1", "label": "1-6月", "cutoff": "2023-06-30", "report_by": "2023-07-10"}},
	}
}

// People are who a life takes: a supervisor, a reporter of Region and a reviewer.
type People struct {
	Region                         string
	Supervisor, Reporter, Reviewer Client
}

// Step is one step of a life: who sends what where. Path has %s for the task's
// id; the first step makes the task.
type Step struct {
	Name string
	By   func(People) Client
	Path string
	Body any
	To   string // the state it leads to
}

// reportNumber names the report that an approval is about.
const reportNumber = "report_number"

func supervisor(p People) Client { return p.Supervisor }
func reporter(p People) Client   { return p.Reporter }
func reviewer(p People) Client   { return p.Reviewer }

// Life returns the steps of one task: assigned, reported and approved, or, for
// every odd n, reported, flagged, reported again and confirmed.
func Life(campaign, region string, n int) []Step {
	figure := func(v string) map[string]any {
		return map[string]any{
			"narrative": "已完成" + v + "公里，其余正在施工，预计按期完成。",
			"values":    map[string]any{"km": map[string]any{"at_cutoff": v}, "word": map[string]any{"verdict": "on_schedule"}},
		}
	}
	steps := []Step{{Name: "assign", By: supervisor, Path: "/campaigns/" + campaign + "/tasks", To: "assigned", Body: map[string]any{
		"code": fmt.Sprintf("L%d", n), "region": region, "subject": fmt.Sprintf("完成第%d段河道整治10公里。", n),
		"requirement": "（1）2023年6月底前完成10公里。\n（2）2023年12月10日前完成20公里。",
		"measures": []map[string]any{
			{"code": "km", "kind": "cumulative", "name": "整治里程", "unit": "公里",
				"targets": []map[string]any{{"due": "2023-06-30", "value": "10"}, {"due": "2023-12-10", "value": "20"}}},
			{"code": "word", "kind": "qualitative", "name": "日常管护"},
		},
	}}}
	if n%2 == 0 {
		return append(steps,
			Step{Name: "report", By: reporter, Path: "/tasks/%s/report", Body: figure("10"), To: "reported"},
			Step{Name: "approve", By: reviewer, Path: "/tasks/%s/approve", Body: map[string]any{reportNumber: 1}, To: "reviewed"})
	}
	return append(steps,
		Step{Name: "report", By: reporter, Path: "/tasks/%s/report", Body: figure("4"), To: "reported"},
		Step{Name: "flag", By: reviewer, Path: "/tasks/%s/flag", To: "flagged_lagging", Body: map[string]any{
			"verdict": "behind", "reason": "仅完成四成，明显滞后。", "rectify_by": time.Now().AddDate(0, 1, 0).Format("2006-01-02")}},
		Step{Name: "rectify", By: reporter, Path: "/tasks/%s/report", Body: figure("10"), To: "reported"},
		Step{Name: "confirm", By: reviewer, Path: "/tasks/%s/confirm_rectified", Body: map[string]any{reportNumber: 2}, To: "rectified"})
}

// About returns the step about another report than that of a life from its start; a
// step that names none stays as it is.
func (s Step) About(report int) Step {
	if body, ok := s.Body.(map[string]any); ok && body[reportNumber] != nil {
		s.Body = map[string]any{reportNumber: report}
	}
	return s
}

// Send sends one step for the task (empty for the first step) once.
func (s Step) Send(ctx context.Context, p People, taskID, key string) (Answer, error) {
	path := s.Path
	if taskID != "" && s.Name != "assign" {
		path = fmt.Sprintf(s.Path, taskID)
	}
	return s.By(p).Do(ctx, http.MethodPost, path, key, s.Body)
}
