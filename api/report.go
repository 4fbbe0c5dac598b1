package api

import (
	"context"
	"slices"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

type assessmentOut struct {
	Verdict       verdictText `json:"verdict"`
	Measures      []judgedOut `json:"measures"`
	Cutoff        dateText    `json:"cutoff"`
	EvidenceDate  dateText    `json:"evidence_date"`
	ParamsVersion int         `json:"params_version"`
}

type judgedOut struct {
	Code      string      `json:"code"`
	Verdict   verdictText `json:"verdict"`
	Rule      string      `json:"rule" example:"cumulative.ratio"`
	Item      string      `json:"item,omitempty"`
	Required  string      `json:"required,omitempty"`
	Actual    string      `json:"actual,omitempty"`
	Ratio     string      `json:"ratio,omitempty"`
	Threshold string      `json:"threshold,omitempty"`
	Due       dateText    `json:"due,omitempty"`
	DoneOn    dateText    `json:"done_on,omitempty"`
	Items     []judgedOut `json:"items,omitempty"`
}

func assessmentOf(a assess.Assessment) assessmentOut {
	return assessmentOut{
		Verdict: verdictText(a.Verdict), Measures: mapped(a.Measures, judgedOf),
		Cutoff: dateOut(a.Cutoff), EvidenceDate: dateOut(a.EvidenceDate), ParamsVersion: a.ParamsVersion,
	}
}

func judgedOf(j assess.Judged) judgedOut {
	return judgedOut{
		Code: j.Code, Verdict: verdictText(j.Verdict), Rule: string(j.Rule), Item: j.Item, Required: j.Required, Actual: j.Actual,
		Ratio: j.Ratio, Threshold: j.Threshold, Due: dateOut(j.Due), DoneOn: dateOut(j.DoneOn), Items: mapped(j.Items, judgedOf),
	}
}

type reportOut struct {
	ID           string        `json:"id" format:"uuid"`
	TaskID       string        `json:"task_id" format:"uuid"`
	Number       int           `json:"number" doc:"此任务的第几份报告，从 1 起 / Counts the task's reports from 1"`
	Period       string        `json:"period"`
	FlagID       string        `json:"flag_id,omitempty" format:"uuid" doc:"有则为整改报告 / Present on a rectification report"`
	Author       string        `json:"author"`
	OnBehalf     string        `json:"on_behalf,omitempty" doc:"由代理人上报时，被代理的人 / The person whose deputy the author was"`
	EvidenceDate dateText      `json:"evidence_date"`
	Narrative    string        `json:"narrative"`
	Values       valuesBody    `json:"values"`
	Evidence     []EvidenceOut `json:"evidence" doc:"证据文件，按上报时的顺序 / Evidence files, in the order of the author"`
	Assessment   assessmentOut `json:"assessment"`
	Warnings     []warningOut  `json:"warnings" doc:"叙述与数字不一致之处，供审核参考，不影响上报 / What does not go together, for the reviewer; it keeps no report from being sent"`
	Status       string        `json:"status" enum:"waiting,withdrawn,returned,rejected,accepted"`
	SubmittedAt  time.Time     `json:"submitted_at"`
	Digest       string        `json:"digest" doc:"内容摘要，审核记录所绑定的 / SHA-256 of the content, which a review is bound to"`
}

func reportOf(r workflow.Report) reportOut {
	return reportOut{
		ID: r.ID, TaskID: r.TaskID, Number: r.Number, Period: r.Period, FlagID: r.FlagID, Author: r.Author, OnBehalf: r.OnBehalf, Digest: r.Digest(), EvidenceDate: dateOut(r.EvidenceDate),
		Narrative: r.Narrative, Values: valuesOf(r.Values), Evidence: mapped(r.Evidence, evidenceOf), Assessment: assessmentOf(r.Assessment), Warnings: mapped(r.Warnings, warningOf), Status: string(r.Status), SubmittedAt: r.SubmittedAt.UTC(),
	}
}

func (s *server) reports(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*listOut[reportOut], error) {
	all, err := s.service.Reports(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(all, reportOf), nil
}

// ReportPath names a report of a task.
type ReportPath struct {
	Number int `path:"number" minimum:"1"`
}

type oneReportIn struct {
	TaskPath
	ReportPath
}

type oneReportOut struct{ Body reportOut }

func (s *server) report(ctx context.Context, who workflow.Actor, in *oneReportIn) (*oneReportOut, error) {
	all, err := s.service.Reports(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(r workflow.Report) bool { return r.Number == in.Number })
	if i < 0 {
		return nil, workflow.NotFoundError(workflow.Text{ZH: "进展报告", EN: "The report"})
	}
	return &oneReportOut{Body: reportOf(all[i])}, nil
}

// reportIn is what a district reports.
type reportIn struct {
	EvidenceDate dateText   `json:"evidence_date,omitempty" doc:"截至哪天的情况；默认今天 / What is known by this day; today by default"`
	Narrative    string     `json:"narrative,omitempty" example:"8座加油站已全部联网。"`
	Values       valuesBody `json:"values,omitempty" doc:"指标代码到填报值 / By measure code"`
	Evidence     []string   `json:"evidence,omitempty" doc:"已为本任务上传的文件的 sha256，按所需顺序 / sha256 of files uploaded for this task, in order"`
}

func (b reportIn) input(p *workflow.Problems) workflow.Input {
	return workflow.Input{EvidenceDate: b.EvidenceDate.parse(p, "evidence_date"), Narrative: b.Narrative, Values: b.Values.values(p), Evidence: b.Evidence}
}

type previewIn struct {
	TaskPath
	Body *previewBody
}

type previewBody struct {
	EvidenceDate dateText   `json:"evidence_date,omitempty"`
	Narrative    string     `json:"narrative,omitempty" maxLength:"10000" doc:"进展情况：与数字对照 / Compared with the figures"`
	Values       valuesBody `json:"values,omitempty"`
}

type previewed struct {
	Assessment assessmentOut `json:"assessment" doc:"已填全的指标的评定 / Of the measures that are complete"`
	Incomplete []fieldOut    `json:"incomplete" doc:"还缺什么 / What is still missing"`
	Warnings   []warningOut  `json:"warnings" doc:"叙述与数字不一致之处 / What does not go together"`
}

type previewOut struct{ Body previewed }

func (s *server) preview(ctx context.Context, who workflow.Actor, in *previewIn) (*previewOut, error) {
	var body previewBody
	if in.Body != nil {
		body = *in.Body
	}
	var p workflow.Problems
	input := workflow.Input{EvidenceDate: body.EvidenceDate.parse(&p, "evidence_date"), Narrative: body.Narrative, Values: body.Values.values(&p)}
	if err := p.Err(); err != nil {
		return nil, err
	}
	out, err := s.service.Preview(ctx, who, in.ID, input)
	if err != nil {
		return nil, err
	}
	return &previewOut{Body: previewed{Assessment: assessmentOf(out.Assessment), Incomplete: requestOf(ctx).fields(out.Incomplete), Warnings: mapped(out.Warnings, warningOf)}}, nil
}
