package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/calendar"
)

func (p *program) deputy() *cobra.Command {
	cmd := &cobra.Command{Use: "deputy", Short: "代理 / deputies", Args: cobra.NoArgs}
	cmd.AddCommand(p.deputyName(), p.deputyList(), p.deputyEnd())
	return cmd
}

func (p *program) deputyName() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:     "name GRANTOR DEPUTY ROLE[:REGION] --from DAY --to DAY",
		Short:   "为某人委托代理人，起止日含当日 / name a deputy for somebody, from day to day, both inclusive",
		Example: "  duban deputy name li.si wang.wu reviewer --from 2023-08-01 --to 2023-08-15",
		Args:    cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			n := workflow.NewDelegation{Grantor: args[0], Deputy: args[1], Grant: grants(args[2:])[0]}
			if n.From, err = calendar.Parse(from); err != nil {
				return err
			}
			if n.To, err = calendar.Parse(to); err != nil {
				return err
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				d, err := h.service.NameDeputy(cmd.Context(), workflow.Call{Actor: operator()}, n)
				if err != nil {
					return err
				}
				p.printDelegation(p.stdout, d)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "第一天 / first day")
	cmd.Flags().StringVar(&to, "to", "", "最后一天 / last day")
	must(cmd.MarkFlagRequired("from"))
	must(cmd.MarkFlagRequired("to"))
	return cmd
}

func (p *program) deputyList() *cobra.Command {
	return &cobra.Command{
		Use:   "list LOGIN",
		Short: "列出某人委托的和受托的代理 / list the deputyships that somebody gave or has",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				list, err := h.service.Delegations(cmd.Context(), operator(), args[0])
				if err != nil {
					return err
				}
				out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
				for _, d := range list {
					p.printDelegation(out, d)
				}
				return out.Flush()
			})
		},
	}
}

func (p *program) deputyEnd() *cobra.Command {
	return &cobra.Command{
		Use:   "end ID",
		Short: "提前结束代理 / end a deputyship early",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				d, err := h.service.EndDeputy(cmd.Context(), workflow.Call{Actor: operator()}, args[0])
				if err != nil {
					return err
				}
				p.printDelegation(p.stdout, d)
				return nil
			})
		},
	}
}

// printDelegation prints one line: who for whom, as what, when, and whether it is
// good today.
func (p *program) printDelegation(out io.Writer, d workflow.DelegationView) {
	state := p.text("未生效", "not now")
	switch {
	case !d.EndedAt.IsZero():
		state = p.text("已结束", "ended")
	case d.Active:
		state = p.text("有效", "active")
	}
	fmt.Fprintf(out, "%s\t%s 代 %s\t%s\t%s..%s\t%s\n", d.ID, d.DeputyName, d.GrantorName, workflow.Grant{Role: d.Role, Region: d.Region}, d.From, d.To, state)
}
