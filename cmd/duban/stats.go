package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/assess"
)

func (p *program) stats() *cobra.Command {
	var campaign, period string
	cmd := &cobra.Command{
		Use:   "stats --campaign CODE --period CODE",
		Short: "报告期统计和逾期任务 / figures of a period, and overdue tasks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				s, err := h.service.Statistics(cmd.Context(), operator(), campaign, period)
				if err != nil {
					return err
				}
				return p.printStatistics(h.def, s)
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&period, "period", "", "报告期代码 / period code")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("period"))
	return cmd
}

func (p *program) printStatistics(def *workflow.Definition, s workflow.Statistics) error {
	out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	header := []string{p.text("区域", "region"), p.text("任务", "tasks")}
	for _, v := range assess.Verdicts {
		header = append(header, workflow.VerdictLabel(v).In(p.lang))
	}
	header = append(header, p.text("尚无评定", "no verdict"), p.text("逾期", "overdue"),
		p.text("交办到上报（天）", "days to report"), p.text("上报到审核（天）", "days to review"), p.text("挂牌到销号（天）", "days to rectify"))
	for _, state := range def.States {
		header = append(header, state.Label.In(p.lang))
	}
	fmt.Fprintln(out, strings.Join(header, "\t"))
	total := s.Total
	total.Region.Name = p.text("合计", "total")
	for _, d := range append(s.Districts, total) {
		row := []string{d.Region.Name, fmt.Sprint(d.Tasks)}
		for _, v := range assess.Verdicts {
			row = append(row, fmt.Sprint(d.Verdicts[v]))
		}
		row = append(row, fmt.Sprint(d.Verdicts[""]), fmt.Sprint(d.Overdue), shownAverage(d.ToReport), shownAverage(d.ToReview), shownAverage(d.ToRectify))
		for _, state := range def.States {
			row = append(row, fmt.Sprint(d.States[state.Name]))
		}
		fmt.Fprintln(out, strings.Join(row, "\t"))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for _, o := range s.Overdue {
		what := p.text("逾期未报", "not reported")
		if o.Task.State == workflow.Flagged {
			what = p.text("逾期未整改", "not rectified")
		}
		fmt.Fprintf(p.stdout, p.text("%s %s：%s，期限 %s，逾期 %d 天\n", "%s %s: %s, due %s, %d day(s) late\n"),
			o.Task.Region, o.Task.Code, what, o.Due, o.Days)
	}
	return nil
}

// shownAverage is "3.5 (12)": days, and how many cases they are the mean of.
func shownAverage(a workflow.Average) string {
	days, ok := a.Days()
	if !ok {
		return "—"
	}
	return fmt.Sprintf("%s (%d)", days.StringFixed(1), a.Cases)
}
