package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/intake"
)

func (p *program) assess() *cobra.Command {
	var period string
	cmd := &cobra.Command{
		Use:   "assess FILE --period CODE",
		Short: "不用数据库，评定专项工作文件中的任务 / compute verdicts from a campaign file",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := readCampaign(args[0])
			if err != nil {
				return err
			}
			if _, ok := f.Campaign.Period(period); !ok {
				return noPeriod(f.Campaign, period)
			}
			if err := f.Locate(f.CheckAssessable(period).Err()); err != nil {
				return err
			}
			enc := json.NewEncoder(p.stdout)
			enc.SetEscapeHTML(false)
			for _, t := range f.Tasks {
				if err := enc.Encode(assessed(f, t, period)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&period, "period", "", "报告期代码 / period code, e.g. 2023-h1")
	must(cmd.MarkFlagRequired("period"))
	return cmd
}

func noPeriod(c workflow.Campaign, period string) error {
	var codes []string
	for _, p := range c.Periods {
		codes = append(codes, p.Code)
	}
	list := strings.Join(codes, ", ")
	return workflow.NewError(workflow.Invalid, "period.unknown", "文件中没有报告期 "+period+"；有："+list, "The file has no period "+period+"; it has: "+list)
}

// assessedTask is one line of output. A task without a report for the period has
// no verdict.
type assessedTask struct {
	Task       string          `json:"task"`
	Verdict    assess.Verdict  `json:"verdict,omitempty"`
	Unreported bool            `json:"unreported,omitempty"`
	Measures   []assess.Judged `json:"measures"`
}

func assessed(f *intake.File, t workflow.NewTask, period string) assessedTask {
	a, ok := f.Assess(t, period)
	if !ok {
		return assessedTask{Task: t.Code, Unreported: true, Measures: []assess.Judged{}}
	}
	return assessedTask{Task: t.Code, Verdict: a.Verdict, Measures: a.Measures}
}

func readCampaign(path string) (*intake.File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the campaign file: %w", err)
	}
	return intake.ReadCampaign(path, data)
}

// must stops on a mistake in the program's own flags.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
