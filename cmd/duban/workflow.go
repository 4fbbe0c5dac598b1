package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) workflow() *cobra.Command {
	cmd := &cobra.Command{Use: "workflow", Short: "流程定义 / the workflow definition", Args: cobra.NoArgs}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "check FILE",
			Short: "检查一份流程定义 / verify a definition",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				data, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				d, err := workflow.ReadDefinition(args[0], data)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("%s：有效，%d 个状态，%d 个事件，%d 个转换\n", "%s: valid, %d states, %d events, %d transitions\n"),
					args[0], len(d.States), len(d.Events), len(d.Transitions))
				return nil
			},
		},
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
