package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) region() *cobra.Command {
	cmd := &cobra.Command{Use: "region", Short: "行政区划 / regions", Args: cobra.NoArgs}
	cmd.AddCommand(
		p.regionList(),
		p.onRegion("add CODE NAME", "新增行政区划 / add a region", 2,
			func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.Region, error) {
				return s.CreateRegion(ctx, call, workflow.Region{Code: args[0], Name: args[1]})
			}),
		p.onRegion("rename CODE NAME", "更改名称 / give a region another name", 2,
			func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.Region, error) {
				return s.RenameRegion(ctx, call, args[0], args[1])
			}),
		p.onRegion("retire CODE", "停用：历史保留，不再接受新的任务和授权 / retire a region: its history stays, it gets no new tasks and grants", 1,
			func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.Region, error) {
				return s.RetireRegion(ctx, call, args[0])
			}),
		p.onRegion("restore CODE", "恢复使用 / take a retired region into use again", 1,
			func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.Region, error) {
				return s.RestoreRegion(ctx, call, args[0])
			}),
	)
	return cmd
}

// onRegion is a command that changes one region and prints what it then is.
func (p *program) onRegion(use, short string, args int, do func(*workflow.Service, context.Context, workflow.Call, []string) (workflow.Region, error)) *cobra.Command {
	return onOne(p, use, short, args, do, func(r workflow.Region) string {
		return fmt.Sprintf("%s\t%s\t%s", r.Code, r.Name, p.usedOf(r))
	})
}

func (p *program) usedOf(r workflow.Region) string {
	if r.Retired {
		return p.text("停用", "retired")
	}
	return p.text("在用", "in use")
}

func (p *program) regionList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "列出行政区划 / list regions",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				regions, err := h.service.Regions(cmd.Context(), operator())
				if err != nil {
					return err
				}
				out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
				for _, r := range regions {
					fmt.Fprintf(out, "%s\t%s\t%s\n", r.Code, r.Name, p.usedOf(r))
				}
				return out.Flush()
			})
		},
	}
}
