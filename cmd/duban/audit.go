package main

import "github.com/spf13/cobra"

func (p *program) audit() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "审计留痕 / the audit trail", Args: cobra.NoArgs}
	cmd.AddCommand(p.auditEvents(), p.auditTimeline(), p.auditVerify(), p.auditArchive(),
		p.auditKey(), p.auditCheckpoint(), p.auditProve(), p.auditConsistency(), p.auditCheck())
	return cmd
}
