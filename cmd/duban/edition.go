package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/lagtable"
)

// lagFlags name a lag table on the command line.
type lagFlags struct{ campaign, period, known, format, out string }

// on adds the flags that every command about a lag table has.
func (f *lagFlags) on(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.Flags().StringVar(&f.campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&f.period, "period", "", "报告期代码 / period code")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("period"))
	return cmd
}

// past adds the flag of a moment.
func (f *lagFlags) past(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().StringVar(&f.known, "as-known-on", "", "截至某日或某时刻已知的情况 / as known at the end of a day or before a moment, e.g. 2023-08-31, 2023-08-31T09:00:00+08:00")
	return cmd
}

// file adds the flags of what is written.
func (f *lagFlags) file(cmd *cobra.Command, usual, formats string) *cobra.Command {
	cmd.Flags().StringVar(&f.format, "format", usual, formats)
	cmd.Flags().StringVar(&f.out, "out", "", "写入文件，默认标准输出 / the file to write; standard output by default")
	return cmd
}

// asOf reads the flag of a moment.
func (f *lagFlags) asOf() (workflow.AsOf, error) {
	asOf, err := workflow.ParseAsOf(f.known)
	if err != nil {
		return asOf, fmt.Errorf("--as-known-on: %w", err)
	}
	return asOf, nil
}

func (p *program) issueTable() *cobra.Command {
	var f lagFlags
	var in workflow.IssueInput
	cmd := f.past(f.on(&cobra.Command{
		Use:   "issue --campaign CODE --period CODE",
		Short: "印发进度滞后情况表 / issue the lag table as a numbered edition",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if in.AsOf, err = f.asOf(); err != nil {
				return err
			}
			in.Campaign, in.Period = f.campaign, f.period
			return p.inHouse(cmd.Context(), func(h *house) error {
				out, err := h.service.IssueTable(cmd.Context(), workflow.Call{Actor: operator()}, in, lagtable.Freeze)
				if err != nil {
					return err
				}
				for _, e := range out.Stale {
					fmt.Fprintf(p.stderr, p.text("改稿 %s 未采用：任务 %s 的现行报告已是另一份\n", "edit %s is not printed: another report of task %s counts by now\n"), e.ID, e.TaskID)
				}
				fmt.Fprintf(p.stdout, p.text("已印发%s：%d 行，SHA-256 %s\n", "Issued as %s: %d rows, SHA-256 %s\n"), out.Edition.Label().In(p.lang), out.Edition.Rows, out.Edition.SHA256)
				return nil
			})
		},
	}))
	cmd.Flags().IntVar(&in.Number, "number", 0, "预期的期号 / the number that is expected")
	cmd.Flags().StringSliceVar(&in.AcceptGaps, "accept-gap", nil, "逐项确认尚无最终评定的任务代码，可重复 / a task without a final verdict that is acknowledged; may be repeated")
	return cmd
}

func (p *program) editions() *cobra.Command {
	var f lagFlags
	var number int
	cmd := f.file(f.on(&cobra.Command{
		Use:   "editions --campaign CODE --period CODE [--number N]",
		Short: "已印发的各期 / the editions, or one of them",
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, err := p.lagFormat(cmd.Context(), f.format)
			if err != nil {
				return err
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				if number == 0 {
					return p.listEditions(cmd, h, f)
				}
				table, err := lagtable.Edition(cmd.Context(), h.service, operator(), f.campaign, f.period, number)
				if err != nil {
					return err
				}
				return p.putOut(f.out, func(w io.Writer) error { return write(table, w) })
			})
		},
	}), "json", lagFormats())
	cmd.Flags().IntVar(&number, "number", 0, "输出某一期 / print one edition")
	return cmd
}

func (p *program) listEditions(cmd *cobra.Command, h *house, f lagFlags) error {
	all, err := h.service.Editions(cmd.Context(), operator(), f.campaign, f.period)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(out, p.text("期号\t印发时间\t印发人\t截至\t行数\tSHA-256", "Edition\tIssued\tBy\tAs known\tRows\tSHA-256"))
	for _, e := range all {
		fmt.Fprintf(out, "%d\t%s\t%s\t%s\t%d\t%s\n", e.Number, workflow.ShownMoment(e.IssuedAt), oneLine(e.Person), e.AsOf, e.Rows, e.SHA256)
	}
	return out.Flush()
}

func (p *program) lagChanges() *cobra.Command {
	var f lagFlags
	var c lagtable.Comparison
	cmd := f.past(f.file(f.on(&cobra.Command{
		Use:   "diff --campaign CODE --period CODE [--from N] [--to N]",
		Short: "两期之间、或某期与现在之间的变更 / what changed between editions, or since one",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if c.AsOf, err = f.asOf(); err != nil {
				return err
			}
			if c.To != 0 && f.known != "" {
				return errors.New(p.text("--to 与 --as-known-on 只能给一个", "give --to or --as-known-on, not both"))
			}
			write, ok := map[string]func(lagtable.Changes, io.Writer) error{
				"text": writeChanges, "html": lagtable.Changes.HTML, "docx": lagtable.Changes.DOCX,
				"json": func(c lagtable.Changes, w io.Writer) error {
					enc := json.NewEncoder(w)
					enc.SetEscapeHTML(false)
					enc.SetIndent("", " ")
					return enc.Encode(c)
				},
			}[f.format]
			if !ok {
				return fmt.Errorf(p.text("--format 须为 text、json、html 或 docx，不是 %q", "--format must be text, json, html or docx, not %q"), f.format)
			}
			c.Campaign, c.Period = f.campaign, f.period
			return p.inHouse(cmd.Context(), func(h *house) error {
				changes, err := lagtable.Between(cmd.Context(), h.service, operator(), c)
				if err != nil {
					return err
				}
				return p.putOut(f.out, func(w io.Writer) error { return write(changes, w) })
			})
		},
	}), "text", "text | json | html | docx"))
	cmd.Flags().IntVar(&c.From, "from", 0, "哪一期；缺省为上一期 / which edition; the one before by default")
	cmd.Flags().IntVar(&c.To, "to", 0, "哪一期；缺省为现在 / which edition; now by default")
	return cmd
}

// writeChanges prints changes for terminals.
func writeChanges(c lagtable.Changes, w io.Writer) error {
	_, err := fmt.Fprintln(w, c.Caption())
	for _, r := range c.Rows {
		if err == nil {
			_, err = fmt.Fprintf(w, "%s %s %s\n", r.Kind.Label(), r.Region, r.Task)
		}
		for _, cell := range r.Cells {
			if err == nil {
				_, err = fmt.Fprintf(w, "  %s\n", oneLine(cell.Text()))
			}
		}
	}
	return err
}

func (p *program) editNarrative() *cobra.Command {
	var f lagFlags
	var in workflow.NarrativeInput
	cmd := f.on(&cobra.Command{
		Use:   "edit --campaign CODE --period CODE --task CODE --narrative TEXT --reason TEXT",
		Short: "改稿：改印发的进展文字 / edit the narrative that is printed for a task",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in.Campaign, in.Period = f.campaign, f.period
			return p.inHouse(cmd.Context(), func(h *house) error {
				e, err := h.service.EditNarrative(cmd.Context(), workflow.Call{Actor: operator()}, in)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("已记录改稿 %s\n", "Edit %s is recorded\n"), e.ID)
				return nil
			})
		},
	})
	cmd.Flags().StringVar(&in.Task, "task", "", "任务代码 / task code")
	cmd.Flags().StringVar(&in.Narrative, "narrative", "", "印发稿中的文字 / the text as it is printed")
	cmd.Flags().StringVar(&in.Reason, "reason", "", "理由 / why")
	for _, name := range []string{"task", "narrative", "reason"} {
		must(cmd.MarkFlagRequired(name))
	}
	return cmd
}
