package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow/gormstore"
)

func (p *program) migrate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "把数据库升级到本版本的结构 / bring the database schema up to date",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.prepared()
			if err != nil {
				return err
			}
			n, err := gormstore.Migrate(cmd.Context(), databaseOf(c))
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, p.text("已执行 %d 步迁移，数据库结构为最新\n", "%d migration(s) applied, the schema is up to date\n"), n)
			return nil
		},
	}
	cmd.AddCommand(p.harden())
	return cmd
}
