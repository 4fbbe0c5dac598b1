package api

import (
	"context"
	"io"
	"slices"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/tasklist"
)

type taskOut struct {
	ID          string        `json:"id" format:"uuid"`
	Campaign    string        `json:"campaign" example:"jm-2023"`
	Code        string        `json:"code" example:"440703-01"`
	Seq         int           `json:"seq" doc:"在专项工作中的次序，从 1 起 / Order in the campaign, from 1"`
	Region      string        `json:"region" example:"440703"`
	Key         bool          `json:"key" doc:"重点考核 / Key task"`
	Subject     string        `json:"subject"`
	Requirement string        `json:"requirement"`
	Measures    []measureBody `json:"measures"`
	State       string        `json:"state" example:"reported"`
	Period      string        `json:"period" example:"2023-h1"`
	ReportID    string        `json:"report_id,omitempty" format:"uuid"`
	FlagID      string        `json:"flag_id,omitempty" format:"uuid"`
	Verdict     verdictText   `json:"verdict,omitempty"`
	Version     int           `json:"version"`
	CreatedAt   time.Time     `json:"created_at"`
	UpdatedAt   time.Time     `json:"updated_at"`
	Newest      *newestOut    `json:"newest,omitempty" doc:"本报告期最新的报告，供审核队列用；只在任务列表 with=report 时 / The newest report of the period, for a queue of reviews; in lists with with=report only"`
	Standing    *standingOut  `json:"standing,omitempty" doc:"现在（或 as_of 时）如何；执行事件的响应中没有 / How it stands now, or as of as_of; absent in answers to events"`
}

func taskOf(t workflow.Task) taskOut {
	return taskOut{
		ID: t.ID, Campaign: t.Campaign, Code: t.Code, Seq: t.Seq, Region: t.Region, Key: t.Key, Subject: t.Subject, Requirement: t.Requirement,
		Measures: mapped(t.Measures, measureOf), State: string(t.State), Period: t.Period, ReportID: t.ReportID, FlagID: t.FlagID,
		Verdict: verdictText(t.Verdict), Version: t.Version, CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
	}
}

type tasksIn struct {
	Campaign string        `query:"campaign" maxLength:"64"`
	Region   []string      `query:"region,explode" maxItems:"100" doc:"可重复 / May be repeated"`
	State    []string      `query:"state,explode" maxItems:"20" doc:"流程定义中的状态，可重复 / A state of the definition; may be repeated"`
	Verdict  []verdictText `query:"verdict,explode" maxItems:"4" doc:"可重复 / May be repeated"`
	Key      string        `query:"key" enum:"true,false" doc:"重点考核 / Key tasks"`
	Text     string        `query:"q" maxLength:"200" doc:"在代码、任务、要求中查找的文字 / Text in code, subject or requirement"`
	Period   string        `query:"period" maxLength:"64" doc:"任务所在的报告期 / The period that the task is in"`
	Flagged  string        `query:"flagged" enum:"true,false" doc:"有未销号的挂牌 / There is an open flag"`
	Overdue  string        `query:"overdue" enum:"true" doc:"已逾期 / Overdue"`
	Light    []string      `query:"light,explode" maxItems:"4" enum:"red,yellow,green,none" doc:"可重复 / May be repeated"`
	Review   string        `query:"review" enum:"mine" doc:"mine：有报告等待您审核，不含您自己上报的 / A report waits for you to review it, and is not your own"`
	Sort     string        `query:"sort" enum:"order,due,waiting" doc:"order（默认）：专项工作、区县、次序；due：只列等待区县的任务，按到期日；waiting：只列有报告等待审核的任务，等得最久的在前；后两种不能与 as_of 一起用 / order, the default: campaign, region, order; due: only tasks that wait for the district, by due date; waiting: only tasks with a report to review, that which waits longest first; the last two not with as_of"`
	With     string        `query:"with" enum:"report" doc:"report：每个任务附本报告期最新报告的概要（newest） / report: with each task what its newest report is like (newest)"`
	Count    string        `query:"count" enum:"true" doc:"另给出总数，数到 1000 为止 / Count all matching tasks too, up to 1000"`
	Limit    int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor   string        `query:"cursor" maxLength:"400" doc:"上一页的 next_cursor / next_cursor of the page before"`
	Format   string        `query:"format" enum:"json,csv,xlsx" default:"json" doc:"csv、xlsx：导出全部符合条件的任务 / csv, xlsx: all matching tasks as a file"`
	PastQuery
}

const aboutTasks = `导出（csv、xlsx）最多 100000 项；有 ` + "`Duban-Next-Cursor`" + ` 响应头即未导完，文件最后一行也会写明。导出本身也是审计事件。/ ` +
	`An export has at most 100,000 tasks; with the header Duban-Next-Cursor it is not complete, and the last row says so too. Exports are audit events themselves.

` + aboutLights

type taskPage struct {
	Items      []taskOut `json:"items"`
	NextCursor string    `json:"next_cursor,omitempty" doc:"没有则为最后一页 / Absent on the last page"`
	Count      *int      `json:"count,omitempty" maximum:"1000" doc:"符合条件的任务数，1000 表示至少 1000；只在 count=true 时 / Matching tasks, 1000 stands for 1000 or more; with count=true only"`
	AsOf       asOfText  `json:"as_of,omitempty"`
}

func (s *server) tasks(ctx context.Context, who workflow.Actor, in *tasksIn) (*exportedOut, error) {
	filter := workflow.TaskFilter{Campaign: in.Campaign, Regions: in.Region, Text: in.Text, Limit: in.Limit}
	var p workflow.Problems
	for i, name := range in.State {
		if _, ok := s.service.Definition().State(workflow.State(name)); !ok {
			p.Add(indexed("state", i), "one_of", "流程定义中没有状态 "+name, "the definition has no state "+name)
		}
		filter.States = append(filter.States, workflow.State(name))
	}
	for _, v := range in.Verdict {
		filter.Verdicts = append(filter.Verdicts, assess.Verdict(v))
	}
	if in.Key != "" {
		key := in.Key == "true"
		filter.Key = &key
	}
	in.standing(&p, who, &filter)
	filter.After = readCursor[workflow.TaskCursor](&p, in.Cursor)
	asOf := in.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if in.Format != "json" {
		return giveExport("tasks", in.Format, func(w io.Writer) (int, *workflow.TaskCursor, error) {
			done, err := tasklist.Export(ctx, s.service, who, filter, asOf, tasklist.Format(in.Format), w)
			return done.Rows, done.Next, err
		})
	}
	page, err := s.service.TasksAsOf(ctx, who, filter, asOf)
	if err != nil {
		return nil, err
	}
	body := taskPage{Items: mapped(page.Tasks, taskOf), AsOf: in.AsOf}
	for i, t := range page.Tasks {
		body.Items[i].Standing = standingOf(t, page.Standings[i])
		if page.Reports != nil {
			body.Items[i].Newest = optional(page.Reports[i], newestOf)
		}
	}
	if in.Count != "" {
		n, err := s.service.CountTasks(ctx, who, filter)
		if err != nil {
			return nil, err
		}
		body.Count = &n
	}
	if body.NextCursor, err = writeNext(page.Next); err != nil {
		return nil, err
	}
	return asJSON(body), nil
}

// standing reads the conditions on how tasks stand.
func (in *tasksIn) standing(p *workflow.Problems, who workflow.Actor, f *workflow.TaskFilter) {
	f.Period, f.Overdue, f.ByDue, f.ByWait, f.Reports = in.Period, in.Overdue != "", in.Sort == "due", in.Sort == "waiting", in.With != ""
	if in.Flagged != "" {
		flagged := in.Flagged == "true"
		f.Flagged = &flagged
	}
	for _, l := range in.Light {
		f.Lights = append(f.Lights, workflow.Light(l))
	}
	if in.Review != "" {
		f.NotBy = who.Persons()
	}
	if in.Review != "" || f.ByWait {
		f.States = []workflow.State{workflow.Reported}
		if len(in.State) > 0 {
			p.Add("state", "alone", "不能与 review 或 sort=waiting 一起用", "cannot be given together with review or sort=waiting")
		}
	}
	if (f.ByDue || f.ByWait) && in.AsOf != "" {
		p.Add("sort", "alone", in.Sort+" 不能与 as_of 一起用", in.Sort+" cannot be given together with as_of")
	}
	if f.Reports && in.AsOf != "" {
		p.Add("with", "alone", "不能与 as_of 一起用", "cannot be given together with as_of")
	}
	if in.Count != "" && in.AsOf != "" {
		p.Add("count", "alone", "不能与 as_of 一起用", "cannot be given together with as_of")
	}
}

type eventOut struct {
	Name  string   `json:"name" example:"report"`
	Label textOut  `json:"label"`
	Needs []string `json:"needs" doc:"必须给出的内容 / What must be given"`
}

func eventOf(e workflow.EventDef) eventOut {
	needs := slices.Clone(e.Needs)
	if needs == nil {
		needs = []string{}
	}
	return eventOut{Name: string(e.Name), Label: textOf(e.Label), Needs: needs}
}

type taskView struct {
	Task    taskOut    `json:"task"`
	Flag    *flagOut   `json:"flag,omitempty" doc:"未销号的滞后挂牌 / The open flag"`
	Report  *reportOut `json:"report,omitempty" doc:"本报告期最新的进展报告 / The newest report of the period"`
	Allowed []eventOut `json:"allowed" doc:"您现在可以执行的事件；给出 as_of 时为空 / What you may do now; empty with as_of"`
	AsOf    asOfText   `json:"as_of,omitempty"`
}

type taskViewOut struct {
	ETag string `header:"ETag" doc:"版本，用于 If-Match；给出 as_of 时没有 / The version, for If-Match; absent with as_of"`
	Body taskView
}

type taskIn struct {
	TaskPath
	PastQuery
}

func (s *server) task(ctx context.Context, who workflow.Actor, in *taskIn) (*taskViewOut, error) {
	var p workflow.Problems
	asOf := in.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	v, err := s.service.TaskAsOf(ctx, who, in.ID, asOf)
	if err != nil {
		return nil, err
	}
	out := &taskViewOut{Body: taskView{
		Task: standing(v), Flag: optional(v.Flag, flagOf), Report: optional(v.Report, reportOf), Allowed: mapped(v.Allowed, eventOf), AsOf: in.AsOf,
	}}
	if asOf.IsZero() {
		out.ETag = etag(v.Task.Version)
	}
	return out, nil
}

// standing is the task with how it stands.
func standing(v workflow.TaskView) taskOut {
	out := taskOf(v.Task)
	out.Standing = standingOf(v.Task, v.Standing)
	return out
}

// optional turns a noun that may be missing into its wire shape.
func optional[D, W any](d *D, wire func(D) W) *W {
	if d == nil {
		return nil
	}
	w := wire(*d)
	return &w
}
