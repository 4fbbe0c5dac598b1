package api

import (
	"context"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
)

// body is what one event takes. Only what an event can take is in its type; what
// it must have stands in the workflow definition, which the service checks.
type body interface {
	input(p *workflow.Problems) workflow.Input
}

type moveIn[B body] struct {
	TaskPath
	Body *B
}

type outcome struct {
	Task   taskOut    `json:"task"`
	Report *reportOut `json:"report,omitempty"`
	Review *reviewOut `json:"review,omitempty"`
	Flag   *flagOut   `json:"flag,omitempty"`
}

type moveOut struct {
	ETag string `header:"ETag" doc:"新版本 / The new version"`
	Body outcome
}

// verb is an event of the service.
type verb func(*workflow.Service, context.Context, workflow.Call, string, workflow.Input) (workflow.Outcome, error)

// move registers an event of the definition under its name. An event that the
// definition leaves out has no path.
func move[B body](s *server, event workflow.EventName, do verb) {
	def, ok := s.service.Definition().Event(event)
	if !ok {
		return
	}
	o := post("/tasks/{id}/"+string(event), string(event), tagMoves, def.Label.ZH, def.Label.EN).needs(ofTask, workflow.EventPermission(event)).repeatable().versioned()
	if len(def.Needs) > 0 {
		o = o.described("必须给出 / Needs: " + strings.Join(def.Needs, ", "))
	}
	write(s, o, func(ctx context.Context, call workflow.Call, in *moveIn[B]) (*moveOut, error) {
		var given B
		if in.Body != nil {
			given = *in.Body
		}
		var p workflow.Problems
		input := given.input(&p)
		if err := p.Err(); err != nil {
			return nil, err
		}
		out, err := do(s.service, ctx, call, in.ID, input)
		if err != nil {
			return nil, err
		}
		return &moveOut{ETag: etag(out.Task.Version), Body: outcome{
			Task: taskOf(out.Task), Report: optional(out.Report, reportOf), Review: optional(out.Review, reviewOf), Flag: optional(out.Flag, flagOf),
		}}, nil
	})
}

// SeenIn says which report the reviewer has read.
type SeenIn struct {
	Number int    `json:"report_number,omitempty" minimum:"1" doc:"所看到的报告的序号；待审核的不是这一份则 409 / The number of the report that was read; 409 when another one waits"`
	Digest string `json:"report_digest,omitempty" pattern:"^[0-9a-f]{64}$" doc:"所看到的报告的内容摘要（报告的 digest）；内容不同则 409 / The digest of the report that was read; 409 when the content is another"`
}

func (i SeenIn) seen() workflow.Seen { return workflow.Seen{Number: i.Number, Digest: i.Digest} }

// reasonIn is for events that take a reason at most.
type reasonIn struct {
	Reason string `json:"reason,omitempty" example:"数据与台账不一致"`
}

func (b reasonIn) input(*workflow.Problems) workflow.Input {
	return workflow.Input{Reason: b.Reason}
}

// approveIn gives the final verdict.
type approveIn struct {
	SeenIn
	Verdict verdictText            `json:"verdict,omitempty" doc:"与系统计算的不同时须说明理由；默认为计算结果 / Another than the computed one needs a reason; the computed one by default"`
	Words   map[string]verdictText `json:"words,omitempty" doc:"定性指标的评定 / Verdicts for qualitative measures, by code"`
	Reason  string                 `json:"reason,omitempty"`
}

func (b approveIn) input(*workflow.Problems) workflow.Input {
	return workflow.Input{Verdict: assess.Verdict(b.Verdict), Words: words(b.Words), Reason: b.Reason, Seen: b.seen()}
}

// flagIn marks a task as lagging.
type flagIn struct {
	SeenIn
	Verdict   verdictText            `json:"verdict,omitempty"`
	Reason    string                 `json:"reason,omitempty" example:"截至报告期末未启动"`
	RectifyBy dateText               `json:"rectify_by,omitempty" example:"2023-09-30"`
	Words     map[string]verdictText `json:"words,omitempty"`
}

func (b flagIn) input(p *workflow.Problems) workflow.Input {
	return workflow.Input{
		Verdict: assess.Verdict(b.Verdict), Reason: b.Reason, RectifyBy: b.RectifyBy.parse(p, "rectify_by"), Words: words(b.Words), Seen: b.seen(),
	}
}

// rejectIn sends a rectification back.
type rejectIn struct {
	SeenIn
	Reason    string   `json:"reason,omitempty"`
	RectifyBy dateText `json:"rectify_by,omitempty"`
}

func (b rejectIn) input(p *workflow.Problems) workflow.Input {
	return workflow.Input{Reason: b.Reason, RectifyBy: b.RectifyBy.parse(p, "rectify_by"), Seen: b.seen()}
}

func words(given map[string]verdictText) map[string]assess.Verdict {
	out := make(map[string]assess.Verdict, len(given))
	for code, v := range given {
		out[code] = assess.Verdict(v)
	}
	return out
}
