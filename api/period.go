package api

import (
	"context"

	"duban/workflow"
)

type periodOut struct {
	Code     string   `json:"code" example:"2023-h1"`
	Label    string   `json:"label" example:"1-6月"`
	Cutoff   dateText `json:"cutoff"`
	ReportBy dateText `json:"report_by"`
	Open     bool     `json:"open" doc:"当前报告期 / The period that districts report for"`
}

func (s *server) periods(ctx context.Context, who workflow.Actor, in *struct{ CodePath }) (*listOut[periodOut], error) {
	c, err := s.service.Campaign(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	return listed(c.Periods, func(p workflow.Period) periodOut {
		return periodOut{Code: p.Code, Label: p.Label, Cutoff: dateOut(p.Cutoff), ReportBy: dateOut(p.ReportBy), Open: p.Code == c.OpenPeriod}
	}), nil
}

const aboutOpening = `与 POST …/open（leave_waiting=true）相同的规则逐项试算，什么都不保存；` + "`left`" + ` 说明哪些任务会留在原报告期及原因。/ ` +
	`The rules of POST …/open with leave_waiting=true, task by task, and nothing is kept; left tells which tasks would stay in their old period, and why.`

type openPeriodIn struct {
	PeriodPath
	Body *openPeriodBody
}

type openPeriodBody struct {
	LeaveWaiting bool `json:"leave_waiting,omitempty" doc:"把等待审核的任务留在原报告期 / Leave tasks that wait for review in their period"`
}

// OpeningBody is what opening a period does, or would do.
type OpeningBody struct {
	Moved  int          `json:"moved" doc:"进入报告期的任务数 / Tasks that entered the period"`
	Missed []string     `json:"missed" doc:"逾期未报的任务代码 / Codes of tasks that had not reported"`
	Left   []string     `json:"left" doc:"留在原报告期的任务代码 / Codes of tasks left in their period"`
	Ended  int          `json:"ended" doc:"已办结或撤销、不受影响的任务数 / Tasks that are closed or cancelled, which it does not concern"`
	Tasks  []openedTask `json:"tasks" doc:"进入和留下的任务，按专项工作次序 / Tasks that entered or were left, in the order of the campaign"`
}

type openedTask struct {
	ID      string   `json:"id" format:"uuid"`
	Code    string   `json:"code" example:"440703-01"`
	Region  string   `json:"region" example:"440703"`
	Subject string   `json:"subject"`
	From    string   `json:"from" example:"reviewed" doc:"原状态 / The state before"`
	To      string   `json:"to" example:"assigned" doc:"新状态；留下的任务不变 / The state after; that before where the task is left"`
	Missed  bool     `json:"missed" doc:"原报告期逾期未报 / It had not reported for its old period"`
	Left    *textOut `json:"left,omitempty" doc:"留在原报告期的原因；没有则已进入 / Why it stays in its old period; absent: it entered"`
}

func openingOf(o workflow.PeriodOpened) OpeningBody {
	return OpeningBody{
		Moved: o.Moved, Ended: o.Ended, Missed: append([]string{}, o.Missed...), Left: append([]string{}, o.Left...),
		Tasks: mapped(o.Tasks, func(t workflow.PeriodTask) openedTask {
			return openedTask{ID: t.ID, Code: t.Code, Region: t.Region, Subject: t.Subject, From: string(t.From), To: string(t.To), Missed: t.Missed, Left: optional(t.Left, textOf)}
		}),
	}
}

type rehearsedOpeningOut struct{ Body OpeningBody }

// rehearseOpening tells what openPeriod would do.
func (s *server) rehearseOpening(ctx context.Context, who workflow.Actor, in *struct{ PeriodPath }) (*rehearsedOpeningOut, error) {
	out, err := s.service.RehearsePeriod(ctx, who, in.Code, in.Period)
	if err != nil {
		return nil, err
	}
	return &rehearsedOpeningOut{Body: openingOf(out)}, nil
}

type openedPeriod struct {
	Campaign campaignOut `json:"campaign"`
	OpeningBody
}

type openPeriodOut struct {
	ETag string `header:"ETag" doc:"专项工作的新版本 / The campaign's new version"`
	Body openedPeriod
}

func (s *server) openPeriod(ctx context.Context, call workflow.Call, in *openPeriodIn) (*openPeriodOut, error) {
	out, err := s.service.OpenPeriod(ctx, call, in.Code, in.Period, in.Body != nil && in.Body.LeaveWaiting)
	if err != nil {
		return nil, err
	}
	return &openPeriodOut{ETag: etag(out.Campaign.Version), Body: openedPeriod{Campaign: campaignOf(out.Campaign), OpeningBody: openingOf(out)}}, nil
}
