package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"duban/workflow/gormstore"
)

func (p *program) harden() *cobra.Command {
	var user string
	var apply, try bool
	cmd := &cobra.Command{
		Use:   "harden --user NAME[@HOST] [--apply] [--password-stdin]",
		Short: "MySQL：让运行账号对审计表只能新增和读取 / MySQL: leave the account that runs Duban only INSERT and SELECT on the audit trail",
		Long: p.text(`以数据库管理员的账号（database.dsn）执行，列出或执行（--apply）REVOKE 和 GRANT 语句。该账号须已存在、专供督办使用：
它在本服务器上的其他权限全部收回。执行后该账号不能再迁移数据库结构；每次 duban migrate 之后须再执行一次。
给出 --password-stdin 时，以该账号登录逐项试验。管理员仍可改动一切：改动由 duban audit verify 发现。`,
			`Done as the administrator of the database (database.dsn): prints the REVOKE and GRANT statements, or executes them (--apply).
The account must be there and be Duban's alone: every other right that it has on the server is revoked. It cannot migrate the
schema afterwards; after each duban migrate this must be done again. With --password-stdin it signs in as the account and tries.
The administrator can still change everything: duban audit verify finds that.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.loadConfig()
			if err != nil {
				return err
			}
			account := gormstore.Account{Name: user, Host: "%"}
			if at := strings.LastIndex(user, "@"); at >= 0 {
				account = gormstore.Account{Name: user[:at], Host: user[at+1:]}
			}
			statements, err := gormstore.Harden(cmd.Context(), databaseOf(c), account, apply)
			for _, s := range statements {
				fmt.Fprintln(p.stdout, s+";")
			}
			if err != nil {
				return err
			}
			if apply {
				fmt.Fprintf(p.stdout, p.text("-- 已执行 %d 条\n", "-- %d executed\n"), len(statements))
			}
			if !try {
				return nil
			}
			password, err := p.readLine()
			if err != nil {
				return err
			}
			n, err := gormstore.TryHardened(cmd.Context(), databaseOf(c), account, password)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, p.text("-- 以 %s 试验 %d 条语句，该行的行，该拒的拒\n", "-- tried %[2]d statements as %[1]s: each was allowed or refused as it should be\n"), account, n)
			return nil
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "运行督办的账号 / the account that Duban runs as")
	cmd.Flags().BoolVar(&apply, "apply", false, "执行 / execute them")
	cmd.Flags().BoolVar(&try, "password-stdin", false, "从标准输入读该账号的密码并试验 / read the account's password from standard input, and try")
	must(cmd.MarkFlagRequired("user"))
	return cmd
}
