package main

import "github.com/spf13/cobra"

func (p *program) audit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "审计记录 / the audit trail", Args: cobra.NoArgs}
	cmd.AddCommand(p.auditEvents(), p.auditTimeline())
	return cmd
}
