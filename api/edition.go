package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"duban/workflow"
	"duban/workflow/lagtable"
)

// editionOut is an issued lag table without its rows.
type editionOut struct {
	Number     int          `json:"number" doc:"第几期，从 1 起 / Counts from 1"`
	Title      string       `json:"title"`
	Rows       int          `json:"rows" doc:"您可见区域的行数 / Rows of the regions that you may see"`
	SHA256     string       `json:"sha256" doc:"全表内容的哈希 / Hash of the content of the whole table"`
	AsOf       asOfText     `json:"as_of,omitempty" doc:"反映何时已知的情况；缺省为印发时 / Whose knowledge it shows; when it was issued by default"`
	Gaps       []lagGapBody `json:"gaps" doc:"印发时逐项确认的、尚无最终评定的任务 / Tasks without a final verdict that the issuer acknowledged one by one"`
	Checkpoint string       `json:"checkpoint,omitempty" example:"a0b1c2d3e4f5/1234"`
	IssuedAt   time.Time    `json:"issued_at"`
	IssuedBy   personRef    `json:"issued_by"`
}

// personRef names somebody who did something.
type personRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func editionOf(v workflow.EditionView) editionOut {
	out := editionOut{
		Number: v.Number, Title: v.Title, Rows: v.Rows, SHA256: v.SHA256, AsOf: asOfText(v.AsOf), IssuedAt: v.IssuedAt.UTC(),
		IssuedBy: personRef{ID: v.IssuedBy, Name: v.Person},
		Gaps: mapped(v.Gaps, func(g workflow.EditionGap) lagGapBody {
			return lagGapBody{Task: g.Code, Region: g.Region, Reason: string(g.Reason)}
		}),
	}
	if v.Signed != nil {
		out.Checkpoint = v.Signed.Short()
	}
	return out
}

func (s *server) editions(ctx context.Context, who workflow.Actor, in *struct{ PeriodPath }) (*listOut[editionOut], error) {
	all, err := s.service.Editions(ctx, who, in.Code, in.Period)
	if err != nil {
		return nil, err
	}
	return listed(all, editionOf), nil
}

type issueIn struct {
	PeriodPath
	Body *issueBody
}

type issueBody struct {
	Number     int      `json:"number,omitempty" minimum:"1" doc:"预期的期号；已被他人印发则 409 / The number that is expected; 409 when somebody else issued it"`
	AsOf       asOfText `json:"as_of,omitempty"`
	AcceptGaps []string `json:"accept_gaps,omitempty" maxItems:"100000" doc:"逐项确认的、尚无最终评定的任务（代码或编号），须恰好列全 / Tasks without a final verdict (codes or ids), each acknowledged: exactly all of them"`
}

type issuedOut struct {
	Location string `header:"Location"`
	Body     issuedBody
}

type issuedBody struct {
	Edition editionOut      `json:"edition"`
	Stale   []narrativeBody `json:"stale_edits" doc:"未采用的改稿：所依据的报告已不是现行报告 / Edits that were not printed: another report counts by now"`
}

func (s *server) issueTable(ctx context.Context, call workflow.Call, in *issueIn) (*issuedOut, error) {
	body := issueBody{}
	if in.Body != nil {
		body = *in.Body
	}
	var p workflow.Problems
	asOf := body.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	out, err := s.service.IssueTable(ctx, call, workflow.IssueInput{
		Campaign: in.Code, Period: in.Period, Number: body.Number, AsOf: asOf, AcceptGaps: body.AcceptGaps,
	}, lagtable.Freeze)
	if err != nil {
		return nil, err
	}
	return &issuedOut{
		Location: fmt.Sprintf("%s/campaigns/%s/periods/%s/editions/%d", base, in.Code, in.Period, out.Edition.Number),
		Body:     issuedBody{Edition: editionOf(workflow.EditionView{Edition: out.Edition, Person: call.Actor.Name}), Stale: mapped(out.Stale, narrativeOf)},
	}, nil
}

type editionIn struct {
	PeriodPath
	Number int    `path:"number" minimum:"1"`
	Format string `query:"format" enum:"json,html,csv,docx,xlsx,pdf" doc:"缺省按 Accept，否则 json / By Accept when absent, otherwise json"`
	Accept string `header:"Accept" hidden:"true"`
}

// editionBody is an issued table with its rows.
type editionBody struct {
	PrintedBody
	Edition editionOut   `json:"edition"`
	Part    bool         `json:"part,omitempty" doc:"只含您可见区域的行 / Only rows of the regions that you may see"`
	Header  []string     `json:"header"`
	Rows    []lagRowBody `json:"rows"`
	Changes *changesBody `json:"changes,omitempty" doc:"与上一期相比的变更 / What changed since the edition before"`
}

func (s *server) edition(ctx context.Context, who workflow.Actor, in *editionIn) (*tableOut, error) {
	issued, err := s.service.EditionTable(ctx, who, in.Code, in.Period, in.Number)
	if err != nil {
		return nil, err
	}
	table, err := lagtable.WithAnnex(ctx, s.service, who, issued)
	if err != nil {
		return nil, err
	}
	body := editionBody{PrintedBody: printedOf(table), Edition: editionOf(issued.EditionView), Part: issued.Part, Header: table.Header, Rows: mapped(table.Rows, lagRowOf)}
	if table.Annex != nil {
		changes := changesOf(*table.Annex)
		body.Changes = &changes
	}
	return giveTable(ctx, table, body, in.Format, in.Accept, fmt.Sprintf("lag-table-%s-%s-%d", in.Code, in.Period, in.Number))
}

type changesIn struct {
	PeriodPath
	From   int    `query:"from" minimum:"1" doc:"哪一期；缺省为 to 的上一期，或最新一期 / Which edition; the one before to, or the newest, by default"`
	To     int    `query:"to" minimum:"1" doc:"哪一期；缺省为 as_of 时的预览稿 / Which edition; the table as of as_of by default"`
	Format string `query:"format" enum:"json,html,docx" default:"json"`
	PastQuery
}

type changesBody struct {
	From     string          `json:"from" example:"第1期"`
	To       string          `json:"to" example:"第2期"`
	Title    string          `json:"title"`
	TitleWas string          `json:"title_was,omitempty"`
	Rows     []rowChangeBody `json:"rows"`
}

type rowChangeBody struct {
	Kind   string           `json:"kind" enum:"added,removed,changed"`
	Task   string           `json:"task" example:"440703-01"`
	Region string           `json:"region"`
	N      int              `json:"n,omitempty" doc:"在后一表中的行号 / Row in the later table"`
	Was    int              `json:"was,omitempty" doc:"在前一表中的行号 / Row in the earlier table"`
	Cells  []cellChangeBody `json:"cells"`
}

type cellChangeBody struct {
	Column string   `json:"column" example:"工作进展情况"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

func changesOf(c lagtable.Changes) changesBody {
	return changesBody{From: c.From, To: c.To, Title: c.Title, TitleWas: c.TitleWas, Rows: mapped(c.Rows, func(r lagtable.RowChange) rowChangeBody {
		return rowChangeBody{Kind: string(r.Kind), Task: r.Task, Region: r.Region, N: r.N, Was: r.Was, Cells: mapped(r.Cells, func(c lagtable.CellChange) cellChangeBody {
			return cellChangeBody{Column: c.Column, Before: c.Before, After: c.After}
		})}
	})}
}

func (s *server) lagChanges(ctx context.Context, who workflow.Actor, in *changesIn) (*tableOut, error) {
	var p workflow.Problems
	asOf := in.AsOf.parse(&p)
	if in.To != 0 && in.AsOf != "" {
		p.Add("to", "one_of", "to 与 as_of 只能给一个", "give to or as_of, not both")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	changes, err := lagtable.Between(ctx, s.service, who, lagtable.Comparison{Campaign: in.Code, Period: in.Period, From: in.From, To: in.To, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	name := "lag-changes-" + in.Code + "-" + in.Period
	switch in.Format {
	case "html":
		return giveFile("html", "text/html; charset=utf-8", name, changes.HTML)
	case "docx":
		return giveFile("docx", typeDOCX, name, changes.DOCX)
	}
	return giveJSON(changesOf(changes))
}

type editNarrativeIn struct {
	PeriodPath
	Body struct {
		Task      string `json:"task" example:"440703-01" doc:"任务代码或编号 / Code or id of the task"`
		Narrative string `json:"narrative" doc:"印发稿中的进展文字；给报告原文即撤销改稿 / The narrative as it is printed; the report's own takes edits back"`
		Reason    string `json:"reason"`
	}
}

type narrativeBody struct {
	ID       string    `json:"id" format:"uuid"`
	TaskID   string    `json:"task_id" format:"uuid"`
	Task     string    `json:"task,omitempty" example:"440703-01"`
	ReportID string    `json:"report_id" format:"uuid" doc:"只对此报告有效 / It holds for this report only"`
	Original string    `json:"original" doc:"报告原文 / As it was reported"`
	Text     string    `json:"narrative" doc:"印发稿中的文字 / As it is printed"`
	Reason   string    `json:"reason"`
	Editor   personRef `json:"editor"`
	At       time.Time `json:"at"`
	Status   string    `json:"status,omitempty" enum:"printed,replaced,stale" doc:"printed：下一期采用；replaced：已被后来的改稿取代或撤销；stale：现行报告已是另一份 / What becomes of it in the next edition"`
}

type narrativeOut struct{ Body narrativeBody }

func narrativeOf(e workflow.NarrativeEdit) narrativeBody {
	return narrativeBody{
		ID: e.ID, TaskID: e.TaskID, ReportID: e.ReportID, Original: e.Original, Text: e.Text, Reason: e.Reason,
		Editor: personRef{ID: e.Editor}, At: e.At.UTC(),
	}
}

func (s *server) editNarrative(ctx context.Context, call workflow.Call, in *editNarrativeIn) (*narrativeOut, error) {
	e, err := s.service.EditNarrative(ctx, call, workflow.NarrativeInput{
		Campaign: in.Code, Period: in.Period, Task: in.Body.Task, Narrative: in.Body.Narrative, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	body := narrativeOf(e)
	body.Editor.Name = call.Actor.Name
	return &narrativeOut{Body: body}, nil
}

func (s *server) narratives(ctx context.Context, who workflow.Actor, in *struct{ PeriodPath }) (*listOut[narrativeBody], error) {
	all, err := s.service.NarrativeEdits(ctx, who, in.Code, in.Period)
	if err != nil {
		return nil, err
	}
	return listed(all, func(v workflow.NarrativeView) narrativeBody {
		body := narrativeOf(v.NarrativeEdit)
		body.Task, body.Editor.Name, body.Status = v.Task.Code, v.Person, string(v.Status)
		return body
	}), nil
}

// editionRoutes are the operations of issued tables.
func (s *server) editionRoutes() {
	const period = "/campaigns/{code}/periods/{period}"
	forms := []string{"text/html", "text/csv", typeDOCX, typeXLSX, typePDF}
	read(s, get(period+"/editions", "listEditions", tagCampaigns, "已印发的各期滞后情况表", "Issued lag tables").needs(ofScope, workflow.MayReadLagTable), s.editions)
	write(s, post(period+"/editions", "issueLagTable", tagCampaigns, "印发滞后情况表", "Issue the lag table").needs(ofNothing, workflow.MayIssueLagTable).repeatable().status(http.StatusCreated), s.issueTable)
	read(s, s.inForms(get(period+"/editions/{number}", "getEdition", tagCampaigns, "某一期滞后情况表", "One issued lag table").needs(ofScope, workflow.MayReadLagTable),
		reflect.TypeFor[editionBody](), forms...), s.edition)
	read(s, s.inForms(get(period+"/lag-changes", "getLagChanges", tagCampaigns, "两期之间的变更", "What changed between lag tables").needs(ofScope, workflow.MayReadLagTable),
		reflect.TypeFor[changesBody](), "text/html", typeDOCX), s.lagChanges)
	read(s, get(period+"/narratives", "listNarrativeEdits", tagCampaigns, "改稿记录", "Edits of printed narratives").needs(ofScope, workflow.MayReadLagTable), s.narratives)
	write(s, post(period+"/narratives", "editNarrative", tagCampaigns, "改稿", "Edit a printed narrative").needs(ofNothing, workflow.MayIssueLagTable).repeatable().status(http.StatusCreated), s.editNarrative)
}
