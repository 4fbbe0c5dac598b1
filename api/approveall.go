package api

import (
	"context"

	"duban/workflow"
)

const aboutApproveAll = `最多 200 项，按所给顺序逐项审核通过：每项是独立的一步，各有自己的审计事件；一项被拒绝不影响其他项，所以总是答 200，各项的结果按顺序在 ` + "`items`" +
	` 中：已通过，或单独审核时会得到的错误（409、412 含 last_change）。每项须给出所看到的报告（report_number 或 report_digest）或任务版本（version）。` +
	`带 Idempotency-Key 重复同一请求：已通过的不再执行，中断的继续做完。/ ` +
	`At most 200 items, approved one by one in the order given: each is a step of its own with its own audit event, and one that is refused does not keep the others from being done. ` +
	`So the answer is 200, with a result for each item in order: done, or the problem that a single approval would be answered with (409 and 412 with last_change). ` +
	`Each item names the report that was read (report_number or report_digest) or the version of the task. ` +
	`Repeated with the same Idempotency-Key, what is done is not done again, and what was broken off goes on.`

type approvalIn struct {
	TaskID  string `json:"task_id" pattern:"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" patternDescription:"0198c0de-0000-7000-8000-000000000000" example:"0198c0de-0000-7000-8000-000000000000"`
	Version int    `json:"version,omitempty" minimum:"1" maximum:"999999999" doc:"任务须仍为此版本，否则此项 412 / The task must still be at this version, else 412 for the item"`
	SeenIn
	Verdict verdictText            `json:"verdict,omitempty" doc:"与系统计算的不同时须说明理由；默认为计算结果 / Another than the computed one needs a reason; the computed one by default"`
	Words   map[string]verdictText `json:"words,omitempty" doc:"定性指标的评定 / Verdicts for qualitative measures, by code"`
	Reason  string                 `json:"reason,omitempty"`
}

type approveAllIn struct {
	Body struct {
		Items []approvalIn `json:"items" maxItems:"200"`
	} `nameHint:"ApproveAll"`
}

type approvalOut struct {
	TaskID  string       `json:"task_id" format:"uuid"`
	Done    bool         `json:"done"`
	State   string       `json:"state,omitempty" example:"reviewed" doc:"通过后的状态 / The state after it"`
	Version int          `json:"version,omitempty" doc:"通过后的版本 / The version after it"`
	Verdict verdictText  `json:"verdict,omitempty" doc:"最终评定 / The final verdict"`
	Problem *ProblemBody `json:"problem,omitempty" doc:"未通过的原因 / Why it was not approved"`
}

type approveAllBody struct {
	Done    int           `json:"done" doc:"已通过的项数 / Items that were approved"`
	Refused int           `json:"refused" doc:"未通过的项数 / Items that were not"`
	Items   []approvalOut `json:"items" doc:"与请求同序 / In the order of the request"`
}

type approveAllOut struct{ Body approveAllBody }

func (s *server) approveAll(ctx context.Context, call workflow.Call, in *approveAllIn) (*approveAllOut, error) {
	all := mapped(in.Body.Items, func(i approvalIn) workflow.Approval {
		return workflow.Approval{TaskID: i.TaskID, IfVersion: i.Version, Input: approveIn{i.SeenIn, i.Verdict, i.Words, i.Reason}.input(nil)}
	})
	done, err := s.service.ApproveAll(ctx, call, all)
	if err != nil {
		return nil, err
	}
	r := requestOf(ctx)
	out := &approveAllOut{}
	out.Body.Items = mapped(done, func(a workflow.Approved) approvalOut {
		if a.Refused == nil {
			out.Body.Done++
			return approvalOut{TaskID: a.TaskID, Done: true, State: string(a.State), Version: a.Version, Verdict: verdictText(a.Verdict)}
		}
		out.Body.Refused++
		why := r.problemBody(r.refusalOf(a.Refused))
		return approvalOut{TaskID: a.TaskID, Problem: &why}
	})
	return out, nil
}
