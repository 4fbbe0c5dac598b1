package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
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
				d, _, err := p.definitionIn(args)
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

// definitionIn returns the definition in the file that is named, without one that in
// force, and what its file is called.
func (p *program) definitionIn(args []string) (d *workflow.Definition, name string, err error) {
	c, err := p.loadConfig()
	if err != nil {
		return nil, "", err
	}
	if len(args) == 1 {
		c.Workflow = args[0]
	}
	d, err = definition(c)
	return d, cmp.Or(c.Workflow, "workflow.yaml"), err
}
