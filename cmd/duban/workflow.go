package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) workflow() *cobra.Command {
	cmd := &cobra.Command{Use: "workflow", Short: "流程定义 / the workflow definition", Args: cobra.NoArgs}
	cmd.AddCommand(
		p.workflowCheck(),
		&cobra.Command{
			Use:   "diagram [FILE]",
			Short: "画出 Mermaid 状态图 / draw the definition as Mermaid",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				c, err := p.loadConfig()
				if err != nil {
					return err
				}
				if len(args) == 1 {
					c.Workflow = args[0]
				}
				d, err := definition(c)
				if err != nil {
					return err
				}
				fmt.Fprint(p.stdout, d.Mermaid(p.lang))
				return nil
			},
		},
	)
	return cmd
}
