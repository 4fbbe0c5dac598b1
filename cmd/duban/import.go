package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) importFiles() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "导入专项工作文件，每个文件全部成功或全部不导入 / import campaign files, each whole or not at all",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				for _, path := range args {
					if err := p.importFile(cmd, h, path); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func (p *program) importFile(cmd *cobra.Command, h *house, path string) error {
	f, err := readCampaign(path)
	if err != nil {
		return err
	}
	n, err := h.service.Import(cmd.Context(), workflow.Call{Actor: operator()}, f.Import)
	if err != nil {
		return f.Locate(err)
	}
	if n == (workflow.Imported{}) {
		fmt.Fprintf(p.stdout, p.text("%s：内容均已存在，没有变化\n", "%s: everything is there already, nothing changed\n"), path)
		return nil
	}
	fmt.Fprintf(p.stdout, p.text("%s：新增专项工作 %d、行政区划 %d、任务 %d、报告 %d\n", "%s: added %d campaign(s), %d region(s), %d task(s), %d report(s)\n"),
		path, n.Campaigns, n.Regions, n.Tasks, n.Reports)
	return nil
}
