package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"duban/rbac"
	"duban/workflow"
)

func (p *program) workflowCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "检查流程定义，并证明职责分离 / verify a definition and that it keeps duties apart",
		Long: "检查流程定义（默认为正在使用的），并穷举所有合法的角色组合：没有一个账号能独自把任务从已交办带到已审核、已整改或办结。\n" +
			"Verifies a definition (by default the one in force) and tries every lawful set of roles: no account can take a task alone\n" +
			"from assigned to reviewed, rectified or closed. Exit code 1, and the way there, when one can.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, name, err := p.definitionIn(args)
			if err != nil {
				return err
			}
			policy, err := rbac.New(d)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, p.text("%s：有效，%d 个状态，%d 个事件，%d 个转换\n", "%s: valid, %d states, %d events, %d transitions\n"),
				name, len(d.States), len(d.Events), len(d.Transitions))
			return p.showSeparation(d, d.CheckSeparation(policy))
		},
	}
}

// showSeparation prints what was tried, and every way in which one account could do
// what takes two, which is then the error.
func (p *program) showSeparation(d *workflow.Definition, s workflow.Separation) error {
	fmt.Fprintf(p.stdout, p.text("职责分离：试过 %d 组合法的角色（含代理），%d 个情形，%d 步\n",
		"separation of duties: tried %d lawful sets of roles (with deputyships), %d positions, %d steps\n"), len(s.Sets), s.Positions, s.Steps)
	fmt.Fprintln(p.stdout, p.text("  不含代理的角色组合：", "  the sets without deputyships:"))
	for _, set := range s.Sets {
		if !set.Deputy() {
			fmt.Fprintf(p.stdout, "    %s\n", p.setName(set))
		}
	}
	if len(s.Holes) == 0 {
		fmt.Fprintln(p.stdout, p.text("  没有一个账号能独自把任务从已交办带到已审核、已整改或办结。",
			"  No account can take a task alone from assigned to reviewed, rectified or closed."))
		return nil
	}
	for _, h := range s.Holes {
		fmt.Fprintf(p.stdout, p.text("  漏洞：%s：%s\n", "  hole: %s: %s\n"), p.setName(h.Grants), h.Text.In(p.lang))
		for _, step := range h.Path {
			event, _ := d.Event(step.Event)
			fmt.Fprintf(p.stdout, "    %s --%s (%s)--> %s\n", d.StateLabel(string(step.From)).In(p.lang), event.Label.In(p.lang),
				d.RoleLabel(step.Role).In(p.lang), d.StateLabel(string(step.To)).In(p.lang))
		}
	}
	return errors.New(p.text("职责没有分离", "duties are not kept apart"))
}

func (p *program) setName(set workflow.GrantSet) string {
	if len(set) == 0 {
		return p.text("（没有角色）", "(no role)")
	}
	return set.String()
}
