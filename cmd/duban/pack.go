package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/meetingpack"
)

func (p *program) pack() *cobra.Command {
	var campaign, period, out, known string
	cmd := &cobra.Command{
		Use:   "pack --campaign CODE --period CODE --out FILE.zip",
		Short: "导出督查会会议材料 / write the meeting pack",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			asOf, err := workflow.ParseAsOf(known)
			if err != nil {
				return fmt.Errorf("--as-known-on: %w", err)
			}
			return p.inLog(cmd.Context(), func(h *house) error {
				pack, err := meetingpack.Export(cmd.Context(), h.service, operator(), campaign, period, asOf)
				if err != nil {
					return err
				}
				p.showGaps(pack.Gaps)
				if err := putFile(out, func(w io.Writer) error {
					_, err := pack.WriteTo(w)
					return err
				}); err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("会议材料已写入 %s：%d 项任务，SHA-256 %s\n", "The meeting pack is in %s: %d tasks, SHA-256 %s\n"), out, pack.Tasks, pack.SHA256)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&campaign, "campaign", "", "专项工作代码 / campaign code")
	cmd.Flags().StringVar(&period, "period", "", "报告期代码 / period code")
	cmd.Flags().StringVar(&out, "out", "", "写入文件 / the file to write")
	cmd.Flags().StringVar(&known, "as-known-on", "", "截至某日或某时刻已知的情况 / as known at the end of a day or before a moment, e.g. 2023-08-31")
	must(cmd.MarkFlagRequired("campaign"))
	must(cmd.MarkFlagRequired("period"))
	must(cmd.MarkFlagRequired("out"))
	return cmd
}
