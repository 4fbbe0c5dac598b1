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

type openPeriodIn struct {
	PeriodPath
	Body *openPeriodBody
}

type openPeriodBody struct {
	LeaveWaiting bool `json:"leave_waiting,omitempty" doc:"把等待审核的任务留在原报告期 / Leave tasks that wait for review in their period"`
}

type openedPeriod struct {
	Campaign campaignOut `json:"campaign"`
	Moved    int         `json:"moved" doc:"进入报告期的任务数 / Tasks that entered the period"`
	Missed   []string    `json:"missed" doc:"逾期未报的任务代码 / Codes of tasks that had not reported"`
	Left     []string    `json:"left" doc:"留在原报告期的任务代码 / Codes of tasks left in their period"`
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
	return &openPeriodOut{ETag: etag(out.Campaign.Version), Body: openedPeriod{
		Campaign: campaignOf(out.Campaign), Moved: out.Moved, Missed: append([]string{}, out.Missed...), Left: append([]string{}, out.Left...),
	}}, nil
}
