package main

import "github.com/spf13/cobra"

func (p *program) audit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "审计日志 / the log of audit events", Args: cobra.NoArgs}
	cmd.AddCommand(p.auditKey(), p.auditCheckpoint(), p.auditProve(), p.auditConsistency(), p.auditCheck())
	return cmd
}
