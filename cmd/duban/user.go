package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) user() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "账号 / accounts", Args: cobra.NoArgs}
	cmd.AddCommand(p.userAdd(), p.userList(), p.userShow(), p.userToken(), p.userRename(), p.userDisable(), p.userEnable(), p.userGrant(), p.userRevoke(),
		p.userCredentials(), p.userEnd(), p.userPasswd(), p.userReset(), p.userTOTPRemove(), p.userLink())
	return cmd
}

func (p *program) userAdd() *cobra.Command {
	var name string
	var roles []string
	var ask bool
	cmd := &cobra.Command{
		Use:   "add LOGIN --name NAME --role ROLE[:REGION]...",
		Short: "新建账号，密码只显示一次 / add an account; its password is shown once",
		Example: "  duban user add zhang.san --name 张三 --role reporter:440703\n" +
			"  duban user add li.si --name 李四 --role reviewer --password-stdin < password.txt",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			password, shown := workflow.NewPassword(), true
			if ask {
				if password, err = p.readLine(); err != nil {
					return err
				}
				shown = false
			}
			u := workflow.User{Login: args[0], Name: name, Grants: grants(roles), PasswordOnce: true}
			err = p.inHouse(cmd.Context(), func(h *house) error {
				_, err := h.service.CreateUser(cmd.Context(), workflow.Call{Actor: operator()}, u, password)
				return err
			})
			if err != nil {
				return err
			}
			if shown {
				fmt.Fprintf(p.stdout, p.text("账号 %s 已建立，密码（只显示这一次）：%s\n", "Account %s made; its password, shown only now: %s\n"), u.Login, password)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "姓名 / name")
	cmd.Flags().StringArrayVar(&roles, "role", nil, "reporter:440703 | reviewer | supervisor | auditor | system_admin | security_admin")
	cmd.Flags().BoolVar(&ask, "password-stdin", false, "从标准输入读密码 / read the password from standard input")
	must(cmd.MarkFlagRequired("name"))
	return cmd
}

// readLine reads one line of standard input.
func (p *program) readLine() (string, error) {
	line := bufio.NewScanner(p.stdin)
	if !line.Scan() {
		return "", errors.New(p.text("标准输入中没有密码", "there is no password on standard input"))
	}
	return line.Text(), line.Err()
}

// grants reads "reporter:440703" or "reviewer".
func grants(roles []string) []workflow.Grant {
	var out []workflow.Grant
	for _, r := range roles {
		role, region, _ := strings.Cut(r, ":")
		out = append(out, workflow.Grant{Role: workflow.Role(role), Region: region})
	}
	return out
}

func (p *program) userList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "列出账号 / list accounts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				users, err := h.service.Users(cmd.Context(), operator())
				if err != nil {
					return err
				}
				out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
				for _, u := range users {
					fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", u.Login, u.Name, rolesOf(u), p.stateOf(u))
				}
				return out.Flush()
			})
		},
	}
}

func rolesOf(u workflow.User) string {
	var out []string
	for _, g := range u.Grants {
		out = append(out, g.String())
	}
	return strings.Join(out, ",")
}

func (p *program) userRename() *cobra.Command {
	return &cobra.Command{
		Use:   "rename LOGIN NAME",
		Short: "更改姓名，审计事件不受影响 / change the name of a person; audit events stay as they are",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				u, err := h.service.RenameUser(cmd.Context(), workflow.Call{Actor: operator()}, args[0], args[1])
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("账号 %s 的姓名已改为 %s\n", "The name of account %s is now %s\n"), u.Login, u.Name)
				return nil
			})
		},
	}
}

func (p *program) userToken() *cobra.Command {
	var label string
	var days int
	var scopes []string
	cmd := &cobra.Command{
		Use:   "token LOGIN",
		Short: "发放接口令牌，只显示一次 / issue an API token, shown once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				issued, err := h.service.IssueToken(cmd.Context(), workflow.Call{Actor: operator()}, args[0], label, time.Duration(days)*24*time.Hour, workflow.ParseScopes(strings.Join(scopes, " "))...)
				if err != nil {
					return err
				}
				fmt.Fprintln(p.stdout, issued.Secret)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&label, "label", "cli", "用途 / what it is for")
	cmd.Flags().StringSliceVar(&scopes, "scope", nil, "使用范围：read、write 或权限名 / what it may be used for: read, write, or permissions by name")
	cmd.Flags().IntVar(&days, "days", 1, "有效天数 / days until it ends")
	return cmd
}
