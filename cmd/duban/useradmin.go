package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"duban/workflow"
)

// onAccount is a command that changes one account and prints what it then is.
func (p *program) onAccount(use, short string, args int, do func(*workflow.Service, context.Context, workflow.Call, []string) (workflow.User, error)) *cobra.Command {
	return onOne(p, use, short, args, do, func(u workflow.User) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s", u.Login, u.Name, rolesOf(u), p.stateOf(u))
	})
}

// onOne is a command that changes one thing and prints the line of what it then
// is.
func onOne[N any](p *program, use, short string, args int, do func(*workflow.Service, context.Context, workflow.Call, []string) (N, error), line func(N) string) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				is, err := do(h.service, cmd.Context(), workflow.Call{Actor: operator()}, args)
				if err != nil {
					return err
				}
				fmt.Fprintln(p.stdout, line(is))
				return nil
			})
		},
	}
}

func (p *program) stateOf(u workflow.User) string {
	if u.Disabled {
		return p.text("停用", "disabled")
	}
	return p.text("启用", "enabled")
}

func (p *program) userDisable() *cobra.Command {
	return p.onAccount("disable LOGIN", "停用账号，其会话、令牌和代理立即结束 / disable an account; its sessions, tokens and deputyships end", 1,
		func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.User, error) {
			return s.DisableUser(ctx, call, args[0])
		})
}

func (p *program) userEnable() *cobra.Command {
	return p.onAccount("enable LOGIN", "启用账号 / enable an account", 1,
		func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.User, error) {
			return s.EnableUser(ctx, call, args[0])
		})
}

func (p *program) userGrant() *cobra.Command {
	return p.onAccount("grant LOGIN ROLE[:REGION]", "授予角色 / give a role", 2,
		func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.User, error) {
			return s.AddGrant(ctx, call, args[0], grants(args[1:])[0])
		})
}

func (p *program) userRevoke() *cobra.Command {
	return p.onAccount("revoke LOGIN ROLE[:REGION]", "收回角色 / take a role away", 2,
		func(s *workflow.Service, ctx context.Context, call workflow.Call, args []string) (workflow.User, error) {
			return s.RemoveGrant(ctx, call, args[0], grants(args[1:])[0])
		})
}

func (p *program) userShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show LOGIN",
		Short: "显示一个账号 / show one account",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				u, err := h.service.Account(cmd.Context(), operator(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("登录名：%s\n姓名：%s\n标识：%s\n状态：%s\n版本：%d\n建立：%s\n",
					"login: %s\nname: %s\nid: %s\nstate: %s\nversion: %d\nmade: %s\n"),
					u.Login, u.Name, u.ID, p.stateOf(u), u.Version, u.CreatedAt.Format(time.RFC3339))
				for _, g := range u.Grants {
					fmt.Fprintf(p.stdout, p.text("角色：%s %s\n", "role: %s %s\n"), g, h.def.RoleLabel(g.Role).In(p.lang))
				}
				return nil
			})
		},
	}
}
