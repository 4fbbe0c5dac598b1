package api

import (
	"context"

	"duban/workflow"
	"duban/workflow/lagtable"
	"duban/workflow/soffice"
)

type lagTableIn struct {
	PeriodPath
	Format    string   `query:"format" enum:"json,html,csv,docx,xlsx,pdf" doc:"缺省按 Accept，否则 json / By Accept when absent, otherwise json"`
	Accept    string   `header:"Accept" hidden:"true"`
	AsKnownOn dateText `query:"as_known_on" doc:"按该日结束时已记录的情况；默认现在；as_of 的另一写法 / As recorded by the end of that day; now by default; another way to write as_of"`
	PastQuery
}

type lagTableBody struct {
	Title  string       `json:"title"`
	Header []string     `json:"header"`
	Rows   []lagRowBody `json:"rows"`
	Gaps   []lagGapBody `json:"gaps" doc:"还没有最终评定的任务 / Tasks without a final verdict"`
	PrintedBody
	Preview   bool            `json:"preview" doc:"预览稿，未印发 / Not an edition"`
	Stale     []narrativeBody `json:"stale_edits" doc:"不再采用的改稿：现行报告已是另一份 / Edits that are not printed any more: another report counts by now"`
	AsKnownOn dateText        `json:"as_known_on,omitempty"`
	AsOf      asOfText        `json:"as_of,omitempty"`
	// In short, as on the printed page.
	Checkpoint string `json:"checkpoint,omitempty" example:"a0b1c2d3e4f5/1234" doc:"审计日志最新检查点的简写 / The newest checkpoint of the audit log, in short"`
}

// PrintedBody is what stands around the table on paper.
type PrintedBody struct {
	Notes []string `json:"notes" doc:"标题与表之间的各行 / The lines between title and table"`
	After []string `json:"after" doc:"表后的各行 / The lines after the table"`
	Foot  string   `json:"foot" doc:"页脚 / The line at the foot of each page"`
	PDF   bool     `json:"pdf" doc:"此服务器能否给出 PDF / Whether this server can give it as PDF"`
}

func printedOf(t lagtable.Table) PrintedBody {
	return PrintedBody{Notes: append([]string{}, t.Notes()...), After: append([]string{}, t.After()...), Foot: t.Foot(), PDF: soffice.Installed()}
}

type lagRowBody struct {
	N           int      `json:"n"`
	Region      string   `json:"region"`
	Span        int      `json:"span" doc:"区域单元格合并的行数；0 表示并入上一行 / Rows that the region cell is merged over; 0: it belongs to the row above"`
	TaskID      string   `json:"task_id" format:"uuid"`
	TaskCode    string   `json:"task_code" example:"440703-01" doc:"任务代码 / Code of the task"`
	Task        []string `json:"task" doc:"单元格中的各行 / The lines of the cell"`
	Requirement []string `json:"requirement"`
	Progress    []string `json:"progress"`
	Narrative   string   `json:"narrative,omitempty" doc:"可以改稿的进展文字；没有则不能改稿 / The narrative that may be edited; absent where none may"`
	EditID      string   `json:"edit_id,omitempty" format:"uuid" doc:"有则进展文字经改稿 / Present when the narrative was edited"`
}

type lagGapBody struct {
	Task   string `json:"task" example:"440703-01"`
	Region string `json:"region" example:"440703" doc:"预览稿中为区域名称，印发稿中为代码 / The name in a preview, the code in an edition"`
	Reason string `json:"reason" enum:"unreported,unreviewed"`
}

func (s *server) lagTable(ctx context.Context, who workflow.Actor, in *lagTableIn) (*tableOut, error) {
	asOf, err := in.asOf()
	if err != nil {
		return nil, err
	}
	data, err := s.service.LagData(ctx, who, in.Code, in.Period, asOf)
	if err != nil {
		return nil, in.named(err)
	}
	table := lagtable.Build(data)
	if table.Signed, err = s.service.Signed(ctx, who); err != nil {
		return nil, err
	}
	body := lagTableOf(table)
	body.AsKnownOn, body.AsOf, body.Stale = in.AsKnownOn, in.AsOf, mapped(data.Stale, narrativeOf)
	return giveTable(ctx, table, body, in.Format, in.Accept, "lag-table-"+in.Code+"-"+in.Period)
}

// asOf reads the two ways in which a moment is asked for.
func (in *lagTableIn) asOf() (workflow.AsOf, error) {
	var p workflow.Problems
	day, asOf := in.AsKnownOn.parse(&p, "as_known_on"), in.AsOf.parse(&p)
	if in.AsKnownOn != "" && in.AsOf != "" {
		p.Add("as_known_on", "one_of", "as_known_on 与 as_of 只能给一个", "give as_known_on or as_of, not both")
	}
	if in.AsKnownOn != "" {
		asOf = workflow.EndOf(day)
	}
	return asOf, p.Err()
}

// named makes a refusal of the moment name the parameter that the caller gave.
func (in *lagTableIn) named(err error) error {
	e := *workflow.AsError(err)
	if in.AsKnownOn == "" || len(e.Fields) != 1 || e.Fields[0].Field != asOfField {
		return err
	}
	e.Fields = []workflow.FieldError{{Field: "as_known_on", Rule: e.Fields[0].Rule, Text: e.Fields[0].Text}}
	return &e
}

func lagRowOf(r lagtable.Row) lagRowBody {
	return lagRowBody{
		N: r.N, Region: r.Region, Span: r.Span, TaskID: r.TaskID, TaskCode: r.TaskCode,
		Task: r.Task, Requirement: r.Requirement, Progress: r.Progress, Narrative: r.Narrative, EditID: r.EditID,
	}
}

func lagTableOf(t lagtable.Table) lagTableBody {
	body := lagTableBody{
		Title: t.Title, Header: t.Header, PrintedBody: printedOf(t),
		Rows: mapped(t.Rows, lagRowOf), Preview: t.Issue == nil,
		Gaps: mapped(t.Gaps, func(g lagtable.Gap) lagGapBody {
			return lagGapBody{Task: g.TaskCode, Region: g.Region, Reason: string(g.Reason)}
		}),
	}
	if t.Signed != nil {
		body.Checkpoint = t.Signed.Short()
	}
	return body
}
