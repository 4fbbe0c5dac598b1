package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"duban/workflow"
	"duban/workflow/workbook"
)

const typeNDJSON = "application/x-ndjson"

const aboutGetWorkbook = `本区县在该报告期需要上报的任务，一行一项指标，离线填写。相同的内容得到逐字节相同的文件。/ ` +
	`The tasks that take a report now, a row for each figure, for filling in offline. The same content gives the same bytes.`

const aboutSendWorkbook = `逐项任务处理，一项有误不影响其他任务；` + "`all_or_nothing=true`" + ` 则全部无误才一并上报（最多 2000 份）。` + "`dry_run=true`" + ` 只试算，不保存。` +
	`下载后任务有变动的为冲突，不会覆盖。同一文件重复上传不会重复上报，不需要 Idempotency-Key。` +
	`format：json；ndjson 边处理边返回，一行一项任务，最后一行为合计；xlsx 返回标出错误的工作簿，改好可再次上传。/ ` +
	`Each task for itself, unless all_or_nothing. dry_run keeps nothing. A task that moved on since the download is a conflict and is not overwritten. ` +
	`Sending the same file again repeats nothing and needs no key. ndjson answers a line for each task as it is done, the sum last; xlsx is the workbook with what is wrong beside the cells.`

func (s *server) getWorkbookOperation() operation {
	return get("/campaigns/{code}/periods/{period}/workbook", "getWorkbook", tagCampaigns, "下载填报工作簿", "Download the reporting workbook").
		needs(ofScope, workflow.EventPermission(workflow.EventReport)).described(aboutGetWorkbook).
		givesFile(typeXLSX, &huma.Schema{Type: huma.TypeString, Format: "binary"})
}

func (s *server) sendWorkbookOperation() operation {
	return s.inForms(post("/campaigns/{code}/periods/{period}/workbook", "sendWorkbook", tagCampaigns, "上传填报工作簿", "Upload the reporting workbook").
		needs(ofScope, workflow.EventPermission(workflow.EventReport)).described(aboutSendWorkbook).
		streamed(workbook.MostBytes, typeXLSX, "application/octet-stream"),
		reflect.TypeFor[workbookBody](), typeNDJSON, typeXLSX)
}

type getWorkbookIn struct {
	PeriodPath
	Region []string `query:"region,explode" maxItems:"100" doc:"只要这些区县；默认本人可上报的全部 / Only these regions; by default all that one may report for"`
}

type getWorkbookOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	Body               []byte
}

func (s *server) getWorkbook(ctx context.Context, who workflow.Actor, in *getWorkbookIn) (*getWorkbookOut, error) {
	filing, err := s.service.Filing(ctx, who, in.Code, in.Period, in.Region)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := workbook.Write(&b, filing); err != nil {
		return nil, fmt.Errorf("making the workbook of %s %s: %w", in.Code, in.Period, err)
	}
	return &getWorkbookOut{ContentType: typeXLSX, ContentDisposition: attachment(workbook.FileName(filing)), Body: b.Bytes()}, nil
}

type sendWorkbookIn struct {
	PeriodPath
	DryRun   bool   `query:"dry_run" doc:"只试算 / Keep nothing"`
	Together bool   `query:"all_or_nothing" doc:"全部无误才上报 / All reports or none"`
	Format   string `query:"format" enum:"json,ndjson,xlsx" default:"json"`
}

type workbookNote struct {
	Row     int    `json:"row" doc:"表中的行号 / Row of the sheet"`
	Column  string `json:"column,omitempty" example:"最新数值日期" doc:"列标题；没有则为整行 / Title of the column; absent for the whole row"`
	Rule    string `json:"rule" example:"date"`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty" doc:"不妨碍上报 / Does not keep the report from being taken"`
}

type workbookTask struct {
	Done    int            `json:"done" doc:"已处理的任务数 / Tasks so far"`
	Total   int            `json:"total"`
	Task    string         `json:"task" example:"440703-01"`
	TaskID  string         `json:"task_id,omitempty"`
	Rows    []int          `json:"rows" doc:"表中的行号 / Rows of the sheet"`
	Status  string         `json:"status" enum:"accepted,unchanged,skipped,error,conflict,held,untried"`
	Verdict verdictText    `json:"verdict,omitempty" doc:"系统评定 / Computed"`
	Notes   []workbookNote `json:"notes,omitempty"`
}

type workbookSummary struct {
	DryRun bool           `json:"dry_run"`
	Total  int            `json:"total" doc:"任务数 / Tasks"`
	Counts map[string]int `json:"counts" doc:"按 status 的任务数 / Tasks by status"`
	Warned int            `json:"warned" doc:"有提示的任务数 / Tasks with a warning"`
}

type workbookBody struct {
	Summary workbookSummary `json:"summary"`
	Tasks   []workbookTask  `json:"tasks"`
}

type sendWorkbookOut struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" hidden:"true"`
	Accepted           string `header:"Duban-Accepted" doc:"xlsx：已上报（试算：可上报）的任务数 / With xlsx: tasks accepted"`
	Wrong              string `header:"Duban-Wrong" doc:"xlsx：有误或冲突的任务数 / With xlsx: tasks that are wrong or in conflict"`
	Body               func(huma.Context)
}

func (s *server) sendWorkbook(ctx context.Context, call workflow.Call, in *sendWorkbookIn) (*sendWorkbookOut, error) {
	filing, err := s.service.Filing(ctx, call.Actor, in.Code, in.Period, nil)
	if err != nil {
		return nil, s.service.RefusedRead(ctx, call.Actor, "sendWorkbook", err)
	}
	upload, err := s.readWorkbook(ctx)
	if err == nil {
		err = upload.Of(in.Code, in.Period)
	}
	if err != nil {
		return nil, err
	}
	w := &workbookRun{
		request: requestOf(ctx), total: upload.Tasks(), dryRun: in.DryRun,
		run: func(each func(workbook.Result)) workbook.Summary {
			return workbook.Run(ctx, s.service, call.Actor, filing, upload, workbook.Options{DryRun: in.DryRun, Together: in.Together}, each)
		},
	}
	switch in.Format {
	case "ndjson":
		return &sendWorkbookOut{ContentType: typeNDJSON, Body: w.stream}, nil
	case "xlsx":
		return w.answer(upload)
	}
	return w.whole(), nil
}

// readWorkbook reads the body. Two are read at once: each may take some ten
// megabytes while it is.
func (s *server) readWorkbook(ctx context.Context) (*workbook.Upload, error) {
	data, err := io.ReadAll(requestOf(ctx).stream)
	if err != nil {
		return nil, err
	}
	return reading(ctx, s, func() (*workbook.Upload, error) { return workbook.Read(data) })
}

// reading reads a document from outside as soon as there is a place for it.
func reading[T any](ctx context.Context, s *server, read func() (T, error)) (T, error) {
	select {
	case s.documents <- struct{}{}:
		defer func() { <-s.documents }()
		return read()
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// workbookRun is one upload that is being answered.
type workbookRun struct {
	request *request
	total   int
	done    int
	dryRun  bool
	run     func(each func(workbook.Result)) workbook.Summary
}

// workbookPatience is how long the caller may take for a part of the answer.
const workbookPatience = time.Minute

// patient lets the answer be written although the work took long.
func (w *workbookRun) patient() {
	// Not every connection has deadlines: that of a test has none.
	_ = w.request.control.SetWriteDeadline(time.Now().Add(workbookPatience))
}

func (w *workbookRun) task(r workbook.Result) workbookTask {
	w.done++
	return workbookTask{
		Done: w.done, Total: w.total, Task: r.Code, TaskID: r.TaskID, Rows: r.Rows, Status: string(r.Status), Verdict: verdictText(r.Verdict),
		Notes: mapped(r.Notes, func(n workbook.Note) workbookNote {
			return workbookNote{Row: n.Row, Column: n.Column, Rule: n.Rule, Message: n.Text.In(w.request.lang), Warning: n.Warning}
		}),
	}
}

func (w *workbookRun) summary(s workbook.Summary) workbookSummary {
	out := workbookSummary{DryRun: w.dryRun, Total: s.Total, Counts: map[string]int{}, Warned: s.Warnings}
	for status, n := range s.Tasks {
		out.Counts[string(status)] = n
	}
	return out
}

// stream answers each task as soon as it is done. The work goes on when the caller
// leaves only as far as the request's context lets it.
func (w *workbookRun) stream(c huma.Context) {
	c.SetHeader("Content-Type", typeNDJSON)
	write := func(line any) {
		w.patient()
		_ = jsonFormat.Marshal(c.BodyWriter(), line) // the caller may be gone
		if f, ok := c.BodyWriter().(http.Flusher); ok {
			f.Flush()
		}
	}
	sum := w.run(func(r workbook.Result) { write(w.task(r)) })
	write(struct {
		Summary workbookSummary `json:"summary"`
	}{w.summary(sum)})
}

// whole answers when everything is done.
func (w *workbookRun) whole() *sendWorkbookOut {
	body := workbookBody{Tasks: []workbookTask{}}
	body.Summary = w.summary(w.run(func(r workbook.Result) { body.Tasks = append(body.Tasks, w.task(r)) }))
	return &sendWorkbookOut{ContentType: "application/json", Body: func(c huma.Context) {
		w.patient()
		_ = jsonFormat.Marshal(c.BodyWriter(), body) // the caller may be gone
	}}
}

// answer is the workbook with what became of its rows.
func (w *workbookRun) answer(u *workbook.Upload) (*sendWorkbookOut, error) {
	var results []workbook.Result
	sum := w.run(func(r workbook.Result) { results = append(results, r) })
	var b bytes.Buffer
	if err := u.Answer(&b, results, w.dryRun); err != nil {
		return nil, fmt.Errorf("writing the answer to a workbook: %w", err)
	}
	return &sendWorkbookOut{
		ContentType: typeXLSX, ContentDisposition: attachment(strings.TrimSuffix(workbook.Name(u.Campaign, u.Period, nil), ".xlsx") + "-checked.xlsx"),
		Accepted: strconv.Itoa(sum.Tasks[workbook.Accepted]), Wrong: strconv.Itoa(sum.Tasks[workbook.Failed] + sum.Tasks[workbook.Conflict]),
		Body: func(c huma.Context) {
			w.patient()
			_, _ = c.BodyWriter().Write(b.Bytes()) // the caller may be gone
		},
	}, nil
}
