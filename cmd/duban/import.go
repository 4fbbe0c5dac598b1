package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) importFiles() *cobra.Command {
	var flags tableFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "导入专项工作文件，每个文件全部成功或全部不导入；从官方表格（.docx、.xlsx、.txt）读出一份供核对 / import campaign files, each whole or not at all; read one from an official table to be checked",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if isTable(args[0]) {
				if len(args) > 1 {
					return workflow.NewError(workflow.Invalid, "import.one_table", "一次只读一份表格", "One table is read at a time")
				}
				return p.readTable(args[0], flags)
			}
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
	flags.declare(cmd)
	return cmd
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
