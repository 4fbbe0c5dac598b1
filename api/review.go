package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
	"duban/workflow/audit"
)

type reviewOut struct {
	ID           string         `json:"id" format:"uuid"`
	TaskID       string         `json:"task_id" format:"uuid"`
	Period       string         `json:"period"`
	Event        string         `json:"event" example:"approve"`
	ReportID     string         `json:"report_id,omitempty" format:"uuid"`
	ReportNumber int            `json:"report_number,omitempty"`
	ReportDigest string         `json:"report_digest,omitempty" doc:"所审核报告的内容摘要 / Digest of the report that was reviewed"`
	FlagID       string         `json:"flag_id,omitempty" format:"uuid"`
	Assessment   *assessmentOut `json:"assessment,omitempty"`
	Verdict      verdictText    `json:"verdict,omitempty" doc:"最终评定结果 / The final verdict"`
	Reason       string         `json:"reason,omitempty"`
	Reviewer     string         `json:"reviewer"`
	OnBehalf     string         `json:"on_behalf,omitempty" doc:"由代理人审核时，被代理的人 / The person whose deputy the reviewer was"`
	At           time.Time      `json:"at"`
}

func reviewOf(r workflow.Review) reviewOut {
	return reviewOut{
		ID: r.ID, TaskID: r.TaskID, Period: r.Period, Event: string(r.Event), ReportID: r.ReportID, FlagID: r.FlagID,
		Assessment: optional(r.Assessment, assessmentOf), Verdict: verdictText(r.Verdict), Reason: r.Reason, Reviewer: r.Reviewer,
		ReportNumber: r.ReportNumber, ReportDigest: r.ReportDigest, OnBehalf: r.OnBehalf, At: r.At.UTC(),
	}
}

func (s *server) reviews(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*listOut[reviewOut], error) {
	all, err := s.service.Reviews(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(all, reviewOf), nil
}

type flagOut struct {
	ID        string      `json:"id" format:"uuid"`
	TaskID    string      `json:"task_id" format:"uuid"`
	Period    string      `json:"period"`
	Verdict   verdictText `json:"verdict"`
	Reason    string      `json:"reason"`
	RectifyBy dateText    `json:"rectify_by"`
	OpenedBy  string      `json:"opened_by"`
	OpenedAt  time.Time   `json:"opened_at"`
	ClearedBy string      `json:"cleared_by,omitempty"`
	ClearedAt *time.Time  `json:"cleared_at,omitempty" doc:"没有则尚未销号 / Absent while the flag is open"`
}

func flagOf(f workflow.Flag) flagOut {
	out := flagOut{
		ID: f.ID, TaskID: f.TaskID, Period: f.Period, Verdict: verdictText(f.Verdict), Reason: f.Reason, RectifyBy: dateOut(f.RectifyBy),
		OpenedBy: f.OpenedBy, OpenedAt: f.OpenedAt.UTC(), ClearedBy: f.ClearedBy,
	}
	if !f.ClearedAt.IsZero() {
		at := f.ClearedAt.UTC()
		out.ClearedAt = &at
	}
	return out
}

func (s *server) flags(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*listOut[flagOut], error) {
	all, err := s.service.Flags(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(all, flagOf), nil
}

func (s *server) taskPeople(ctx context.Context, who workflow.Actor, in *struct{ TaskPath }) (*listOut[personRef], error) {
	names, err := s.service.TaskPeople(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(slices.Sorted(maps.Keys(names)), func(id string) personRef { return personRef{ID: id, Name: names[id]} }), nil
}

type historyIn struct {
	TaskPath
	After int `query:"after" minimum:"0" maximum:"1000000000" doc:"只要此版本之后的事件 / Only events after this version"`
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// auditEvent is an audit event as it is stored: its bytes are what is hashed, so
// nothing is rebuilt here.
type auditEvent []byte

// MarshalJSON implements json.Marshaler.
func (e auditEvent) MarshalJSON() ([]byte, error) { return e, nil }

// Schema says what every event has.
func (auditEvent) Schema(huma.Registry) *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "按存储的原样返回，未改一字节 / As stored, not a byte changed",
		Properties: map[string]*huma.Schema{
			"id": text, "at": text, "outcome": text, "name": text, "actor_id": text, "channel": text, "request_id": text,
			"version": {Type: huma.TypeInteger}, "before": {}, "after": {},
		},
	}
}

func (s *server) history(ctx context.Context, who workflow.Actor, in *historyIn) (*listOut[auditEvent], error) {
	all, err := s.service.TaskEvents(ctx, who, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return listed(all, func(e audit.Event) auditEvent { return e.Canonical() }), nil
}
