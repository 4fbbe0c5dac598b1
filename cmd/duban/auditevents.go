package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/calendar"
	"duban/workflow/trail"
)

// auditQuestion is what the flags of `duban audit events` say.
type auditQuestion struct {
	workflow.EventQuery
	outcome, from, until string
	format, out          string
}

func (p *program) auditEvents() *cobra.Command {
	var q auditQuestion
	cmd := &cobra.Command{
		Use:   "events",
		Short: "查询审计事件，从新到旧 / search audit events, newest first",
		Example: "  duban audit events --task jm-2023/440703-01\n" +
			"  duban audit events --region 440703 --period 2023-h1 --name flag --from 2023-07-01\n" +
			"  duban audit events --campaign jm-2023 --text 油气 --format xlsx --out events.xlsx",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.readQuestion(&q); err != nil {
				return err
			}
			return p.inHouse(cmd.Context(), func(h *house) error { return p.answer(cmd, h, q) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Task, "task", "", "任务编号或 专项工作/任务代码 / id, or CAMPAIGN/CODE")
	f.StringVar(&q.Campaign, "campaign", "", "专项工作代码 / campaign code")
	f.StringSliceVar(&q.Regions, "region", nil, "行政区划代码 / region codes")
	f.StringVar(&q.Period, "period", "", "报告期代码 / period code")
	f.StringVar(&q.Person, "person", "", "操作人的登录名或编号 / login or id of who acted")
	f.StringSliceVar(&q.Names, "name", nil, "事件代码 / kinds of events, e.g. report,flag")
	f.StringVar(&q.outcome, "outcome", "", "accepted | refused")
	f.StringVar(&q.from, "from", "", "起始日期（含）/ first day, e.g. 2023-07-01")
	f.StringVar(&q.until, "until", "", "截止日期（含）/ last day")
	f.StringVar(&q.Text, "text", "", "理由、进展情况或任务中的文字 / text in reason, narrative or task")
	f.IntVar(&q.Limit, "limit", 50, "最多条数，不用于 csv、xlsx / at most so many; not for csv and xlsx")
	f.StringVar(&q.format, "format", "table", "table | json | csv | xlsx")
	f.StringVar(&q.out, "out", "", "写入文件 / write to a file")
	return cmd
}

func (p *program) readQuestion(q *auditQuestion) (err error) {
	q.Outcome = audit.Outcome(q.outcome)
	for name, flag := range map[string]struct {
		text string
		into *calendar.Date
	}{"--from": {q.from, &q.From}, "--until": {q.until, &q.Until}} {
		if flag.text == "" {
			continue
		}
		if *flag.into, err = calendar.Parse(flag.text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	switch q.format {
	case "table", "json", string(trail.CSV), string(trail.XLSX):
	default:
		return fmt.Errorf(p.text("--format 须为 table、json、csv 或 xlsx，不是 %q", "--format must be table, json, csv or xlsx, not %q"), q.format)
	}
	if q.Limit < 1 {
		return fmt.Errorf(p.text("--limit 须为 1 或更大，不是 %d", "--limit must be 1 or more, not %d"), q.Limit)
	}
	return nil
}

// answer writes the answer to standard output or to a file, which is there only
// when the answer is complete.
func (p *program) answer(cmd *cobra.Command, h *house, q auditQuestion) error {
	if q.out == "" {
		return p.answerTo(cmd, h, q, p.stdout)
	}
	file, err := os.Create(q.out)
	if err != nil {
		return fmt.Errorf("making %s: %w", q.out, err)
	}
	err = p.answerTo(cmd, h, q, file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(q.out) // half an answer is none
	}
	return err
}

func (p *program) answerTo(cmd *cobra.Command, h *house, q auditQuestion, w io.Writer) error {
	if f := trail.Format(q.format); f == trail.CSV || f == trail.XLSX {
		out, err := trail.Export(cmd.Context(), h.service, operator(), q.EventQuery, f, w)
		if err == nil && out.Next != nil {
			fmt.Fprintln(p.stderr, trail.LeftOut(out).In(p.lang))
		}
		return err
	}
	views, next, err := p.firstEvents(cmd, h, q.EventQuery)
	if err != nil {
		return err
	}
	if next != nil {
		fmt.Fprintf(p.stderr, p.text("已列出 %d 条；%s 之前还有未列出的，请加大 --limit 或用 --until\n", "%d events listed; there is more before %s: raise --limit or use --until\n"),
			len(views), workflow.ShownMoment(next.At))
	}
	if q.format == "json" {
		for _, v := range views {
			if _, err := fmt.Fprintf(w, "%s\n", v.Event.Canonical()); err != nil {
				return err
			}
		}
		return nil
	}
	return printEvents(w, h.def, views)
}

// firstEvents reads pages until there are as many events as asked for.
func (p *program) firstEvents(cmd *cobra.Command, h *house, q workflow.EventQuery) ([]workflow.EventView, *workflow.EventCursor, error) {
	var views []workflow.EventView
	for want := q.Limit; ; {
		q.Limit = min(workflow.MaxPage, want-len(views))
		page, err := h.service.SearchEvents(cmd.Context(), operator(), q)
		if err != nil {
			return nil, nil, err
		}
		views = append(views, page.Events...)
		if q.Before = page.Next; q.Before == nil || len(views) == want {
			return views, page.Next, nil
		}
	}
}

// shownColumns are those of a file that a terminal has room for.
var shownColumns = []string{"时间", "结果", "事件", "专项工作", "报告期", "区域", "任务代码", "人员", "新状态", "理由", "拒绝原因"}

func printEvents(w io.Writer, def *workflow.Definition, views []workflow.EventView) error {
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(out, strings.Join(shownColumns, "\t"))
	for _, v := range views {
		texts := map[string]string{}
		for i, text := range trail.Row(def, v) {
			texts[trail.Header[i]] = text
		}
		row := make([]string, len(shownColumns))
		for i, name := range shownColumns {
			row[i] = oneLine(texts[name])
		}
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	return out.Flush()
}

// oneLine keeps what people wrote from moving the cursor of a terminal.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
