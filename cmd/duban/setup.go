package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"duban/workflow"
	"duban/workflow/calendar"
)

func (p *program) setup() *cobra.Command {
	logins := map[workflow.Role]*string{}
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "初始化：建立首批账号，只能进行一次 / set up: make the first accounts, once",
		Long: `在没有任何账号时建立系统管理员、安全管理员（两者不得为同一人，GB/T 22239-2019 8.1.4.2）和可选的审计员。
一次性密码只显示这一次，三天内首次登录时须更改。已有账号时拒绝。

Makes the system administrator, the security administrator (not the same person, GB/T 22239-2019 8.1.4.2) and, if
wanted, an auditor where there is no account yet. The passwords are shown once, work for three days and must be
changed at first use. It is refused where there is an account.`,
		Example: "  duban setup --system-admin sysadmin --security-admin secadmin --auditor auditor",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				var accounts []workflow.User
				for _, role := range firstRoles {
					if login := *logins[role]; login != "" {
						accounts = append(accounts, workflow.User{Login: login, Name: h.def.RoleLabel(role).In(p.lang), Grants: []workflow.Grant{{Role: role}}})
					}
				}
				made, err := h.service.SetUp(cmd.Context(), workflow.Call{Actor: operator()}, accounts)
				if err != nil {
					return err
				}
				fmt.Fprintln(p.stdout, p.text("首批账号已建立，密码只显示这一次，首次登录须更改：", "The first accounts are made; their passwords are shown only now and must be changed at first use:"))
				return p.printOneTime(made...)
			})
		},
	}
	for _, role := range firstRoles {
		logins[role] = cmd.Flags().String(firstFlags[role], "", "登录名 / login")
	}
	must(cmd.MarkFlagRequired(firstFlags[workflow.SystemAdmin]))
	must(cmd.MarkFlagRequired(firstFlags[workflow.SecurityAdmin]))
	return cmd
}

// firstRoles are the roles of the first accounts, firstFlags the flags for their
// logins.
var (
	firstRoles = []workflow.Role{workflow.SystemAdmin, workflow.SecurityAdmin, workflow.Auditor}
	firstFlags = map[workflow.Role]string{
		workflow.SystemAdmin: "system-admin", workflow.SecurityAdmin: "security-admin", workflow.Auditor: "auditor",
	}
)

// printOneTime shows passwords that must be changed at first use.
func (p *program) printOneTime(list ...workflow.OneTime) error {
	out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, o := range list {
		fmt.Fprintf(out, "  %s\t%s\t%s %s\n", o.Login, o.Password, p.text("有效至", "until"), o.ExpiresAt.In(calendar.Zone).Format(time.DateTime))
	}
	return out.Flush()
}
