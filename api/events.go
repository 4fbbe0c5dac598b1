package api

import (
	"context"
	"io"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/trail"
)

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const aboutEvents = `按时间从新到旧。每页查看的事件数有上限：有 ` + "`next_cursor`" + ` 时本页可能不满，` + "`looked_back_to`" + ` 之前的还没有查看。` +
	`导出（csv、xlsx）最多 100000 条；有 ` + "`Duban-Next-Cursor`" + ` 响应头即未导完，文件最后一行也会写明。每次查询和导出本身也是审计事件。/ ` +
	`Newest first. A page looks at a bounded number of events: with next_cursor it may not be full, and nothing before looked_back_to was looked at. ` +
	`An export has at most 100,000 events; with the header Duban-Next-Cursor it is not complete, and the last row says so too. Queries and exports are audit events themselves.`

type eventsIn struct {
	Task     string   `query:"task" maxLength:"140" doc:"任务编号，或 专项工作/任务代码 / The task's id, or CAMPAIGN/CODE"`
	Campaign string   `query:"campaign" maxLength:"64"`
	Region   []string `query:"region,explode" maxItems:"100" doc:"可重复 / May be repeated"`
	Period   string   `query:"period" maxLength:"64"`
	Person   string   `query:"person" maxLength:"255" doc:"操作人的登录名或编号 / Who acted: login or id"`
	Name     []string `query:"name,explode" maxItems:"20" doc:"事件代码，如 report、user.create，可重复 / Kind of event; may be repeated"`
	Outcome  string   `query:"outcome" enum:"accepted,refused"`
	From     dateText `query:"from" doc:"起始日期（含）/ First day"`
	Until    dateText `query:"until" doc:"截止日期（含）/ Last day"`
	Text     string   `query:"q" maxLength:"200" doc:"理由、进展情况或任务中的文字；须同时给出 task、campaign 或 from / Text in reason, narrative or task; needs task, campaign or from"`
	Limit    int      `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"导出时不用 / Not used by exports"`
	Cursor   string   `query:"cursor" maxLength:"400" doc:"上一页的 next_cursor / next_cursor of the page before"`
	Format   string   `query:"format" enum:"json,csv,xlsx" default:"json"`
}

func (in *eventsIn) query() (workflow.EventQuery, error) {
	var p workflow.Problems
	q := workflow.EventQuery{
		Task: in.Task, Campaign: in.Campaign, Regions: in.Region, Period: in.Period, Person: in.Person, Names: in.Name,
		Outcome: audit.Outcome(in.Outcome), From: in.From.parse(&p, "from"), Until: in.Until.parse(&p, "until"), Text: in.Text,
		Before: readCursor[workflow.EventCursor](&p, in.Cursor), Limit: in.Limit,
	}
	return q, p.Err()
}

// EventBody is an audit event for people, and as it is stored. Its name is exported
// because what is embedded is otherwise left out of the OpenAPI document.
type EventBody struct {
	Event  auditEvent     `json:"event"`
	Label  textOut        `json:"label"`
	Person string         `json:"person" doc:"操作人姓名 / Name of who acted"`
	Why    string         `json:"refusal,omitempty" example:"guard.not_author" doc:"被拒绝时的错误代码 / The code of a refusal"`
	Region string         `json:"region_name,omitempty"`
	Task   *eventTaskBody `json:"task,omitempty"`
}

type eventTaskBody struct {
	Code    string `json:"code" example:"440703-01"`
	Subject string `json:"subject"`
}

func eventBodyOf(v workflow.EventView) EventBody {
	return EventBody{
		Event: v.Event.Canonical(), Label: textOf(v.Label), Person: v.Person, Why: v.Why, Region: v.Region,
		Task: optional(v.Task, func(t workflow.Task) eventTaskBody { return eventTaskBody{Code: t.Code, Subject: t.Subject} }),
	}
}

type eventsBody struct {
	Items        []EventBody `json:"items"`
	NextCursor   string      `json:"next_cursor,omitempty" doc:"没有则已到最早 / Absent when there are no others"`
	LookedBackTo *time.Time  `json:"looked_back_to,omitempty" doc:"更早的事件还没有查看 / Events before it were not looked at yet"`
}

func (s *server) events(ctx context.Context, who workflow.Actor, in *eventsIn) (*exportedOut, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	if in.Format != "json" {
		return giveExport("audit-events", in.Format, func(w io.Writer) (int, *workflow.EventCursor, error) {
			done, err := trail.Export(ctx, s.service, who, q, trail.Format(in.Format), w)
			return done.Rows, done.Next, err
		})
	}
	page, err := s.service.SearchEvents(ctx, who, q)
	if err != nil {
		return nil, err
	}
	body := eventsBody{Items: mapped(page.Events, eventBodyOf)}
	if page.Next != nil {
		at := page.Next.At.UTC()
		body.LookedBackTo = &at
	}
	if body.NextCursor, err = writeNext(page.Next); err != nil {
		return nil, err
	}
	return asJSON(body), nil
}
