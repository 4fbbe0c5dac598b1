package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/lagtable"
)

func (p *program) lagtable() *cobra.Command {
	var campaign, period, format, known string
	cmd := &cobra.Command{
		Use:   "lagtable --campaign CODE --period CODE",
		Short: "输出进度滞后情况表 / print the lag table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			render, ok := map[string]func(lagtable.Table) error{
				"json": func(t lagtable.Table) error { return t.JSON(p.stdout) },
				"html": func(t lagtable.Table) error { return t.HTML(p.stdout) },
				"csv":  func(t lagtable.Table) error { return t.CSV(p.stdout) },
			}[format]
			if !ok {
				return fmt.Errorf(p.text("--format 须为 json、html 或 csv，不是 %q", "--format must be json, html or csv, not %q"), format)
			}
			asOf, err := workflow.ParseAsOf(known)
			if err != nil {
				return fmt.Errorf("--as-known-on: %w", err)
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				data, err := h.service.LagData(cmd.Context(), operator(), campaign, period, asOf)
				if err != nil {
					return err
				}
				p.showGaps(data.Gaps)
				table := lagtable.Build(data)
				if table.Signed, err = h.service.Signed(cmd.Context(), operator()); err != nil {
					return err
				}
				return render(table)
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&period, "period", "", "报告期代码 / period code")
	cmd.Flags().StringVar(&format, "format", "json", "json | html | csv")
	cmd.Flags().StringVar(&known, "as-known-on", "", "截至某日或某时刻已知的情况 / as known at the end of a day or before a moment, e.g. 2023-08-31, 2023-08-31T09:00:00+08:00")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("period"))
	return cmd
}

// showGaps names, beside the table, the tasks that it cannot speak of.
func (p *program) showGaps(gaps []workflow.LagGap) {
	for _, g := range gaps {
		what := p.text("未报", "not reported")
		if g.Reason == workflow.GapUnreviewed {
			what = p.text("已报，未审核", "reported, not reviewed")
		}
		fmt.Fprintf(p.stderr, "%s %s: %s\n", g.Task.Region, g.Task.Code, what)
	}
}
