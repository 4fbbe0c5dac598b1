package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/workbook"
)

func (p *program) workbook() *cobra.Command {
	cmd := &cobra.Command{Use: "workbook", Short: "填报工作簿：下载、检查、上传 / the reporting workbook: get, check, send", Args: cobra.NoArgs}
	cmd.AddCommand(p.workbookGet(), p.workbookCheck(), p.workbookSend())
	return cmd
}

func (p *program) workbookGet() *cobra.Command {
	var campaign, period, out string
	var regions []string
	cmd := &cobra.Command{
		Use:   "get --campaign CODE --region CODE --out FILE.xlsx",
		Short: "生成区县的填报工作簿 / make a district's reporting workbook",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				filing, err := h.service.Filing(cmd.Context(), operator(), campaign, period, regions)
				if err != nil {
					return err
				}
				open := 0
				for _, t := range filing.Tasks {
					if t.Open {
						open++
					}
				}
				if err := putFile(out, func(w io.Writer) error { return workbook.Write(w, filing) }); err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("填报工作簿已写入 %s：%s，待上报任务 %d 项\n", "The reporting workbook is in %s: %s, %d tasks to report\n"), out, filing.Period.Label, open)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&period, "period", "", "报告期代码，默认当前报告期 / period code, the open one by default")
	cmd.Flags().StringArrayVar(&regions, "region", nil, "行政区划代码，可重复，默认全部 / region code, may be repeated, all by default")
	cmd.Flags().StringVar(&out, "out", "", "写入文件 / the file to write")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("out"))
	return cmd
}

func (p *program) workbookCheck() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "check FILE.xlsx",
		Short: "检查填好的工作簿的格式，不连接服务器 / look over a workbook that was filled in, without a server",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			upload, _, err := readWorkbook(args[0])
			if err != nil {
				return err
			}
			results := upload.Check()
			sum := workbook.Summary{Tasks: map[workbook.Status]int{}}
			for _, r := range results {
				sum.Add(r)
				p.printTask(r, true)
			}
			if err := putAnswer(upload, out, results, true); err != nil {
				return err
			}
			return p.summed(sum, true)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "把标出错误的工作簿写入文件 / write the workbook with what is wrong beside the cells")
	return cmd
}

// readWorkbook reads a file that was filled in.
func readWorkbook(name string) (*workbook.Upload, []byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, workbook.MostBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	upload, err := workbook.Read(data)
	return upload, data, err
}

func putAnswer(u *workbook.Upload, out string, results []workbook.Result, dryRun bool) error {
	if out == "" {
		return nil
	}
	return putFile(out, func(w io.Writer) error { return u.Answer(w, results, dryRun) })
}

// printTask prints what became of a task, each note on a line of its own. What was
// left empty is only counted.
func (p *program) printTask(r workbook.Result, dryRun bool) {
	if r.Status == workbook.Skipped {
		return
	}
	verdict := ""
	if r.Verdict != "" {
		verdict = p.text("：", ": ") + workflow.VerdictLabel(r.Verdict).In(p.lang)
	}
	fmt.Fprintf(p.stdout, "%s\t%s%s\n", r.Code, r.Status.Label(dryRun).In(p.lang), verdict)
	for _, n := range r.Notes {
		text := n.Text.In(p.lang)
		if n.Column != "" {
			text = fmt.Sprintf("%s: %s", n.Column, text)
		}
		fmt.Fprintf(p.stdout, p.text("  第 %d 行 %s\n", "  row %d, %s\n"), n.Row, text)
	}
}

// summed prints the counts; what is wrong is a refusal of the command.
func (p *program) summed(s workbook.Summary, dryRun bool) error {
	var parts []string
	for _, status := range workbook.Statuses {
		if n := s.Tasks[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", status.Label(dryRun).In(p.lang), n))
		}
	}
	fmt.Fprintf(p.stdout, p.text("共 %d 项任务：%s\n", "%d tasks: %s\n"), s.Total, strings.Join(parts, p.text("；", "; ")))
	if n := s.Tasks[workbook.Failed] + s.Tasks[workbook.Conflict] + s.Tasks[workbook.Held] + s.Tasks[workbook.Untried]; n > 0 {
		return workflow.NewError(workflow.Invalid, "workbook.wrong", fmt.Sprintf("有 %d 项任务没有通过", n), fmt.Sprintf("%d tasks did not pass", n))
	}
	return nil
}
