package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) userPasswd() *cobra.Command {
	return &cobra.Command{
		Use:   "passwd LOGIN",
		Short: "本人更改密码：从标准输入读当前密码和新密码各一行 / change one's own password: the present and the new one, a line each, on standard input",
		Long: `从标准输入读当前密码和新密码，各一行。适用于没有界面时首次更改一次性密码。启用了动态口令的账号另读第三行：验证码。
会话和 API 令牌全部结束。

Reads the present password and the new one from standard input, a line each; of an account with a second factor, a
code on a third. It serves to change a password for once where there is no page. It ends every session and API token.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				c := &changing{ctx: cmd.Context(), service: h.service, lines: bufio.NewScanner(p.stdin)}
				if c.change(args[0]); c.err != nil {
					return c.err
				}
				fmt.Fprintf(p.stdout, p.text("账号 %s 的密码已更改\n", "The password of account %s is changed\n"), args[0])
				return nil
			})
		},
	}
}

// changing is a person who signs in, changes the password and signs out. The first
// error ends it.
type changing struct {
	ctx     context.Context
	service *workflow.Service
	lines   *bufio.Scanner
	session workflow.Issued
	err     error
}

func (c *changing) change(login string) {
	current, password := c.line(), c.line()
	c.step(func(workflow.Call) (workflow.Issued, error) {
		return c.service.SignIn(c.ctx, workflow.Actor{Channel: "cli"}, login, current)
	})
	if c.err == nil && c.session.Needs == workflow.NeedsTOTP {
		code := c.line()
		c.step(func(call workflow.Call) (workflow.Issued, error) { return c.service.CompleteTOTP(c.ctx, call, code) })
	}
	c.step(func(call workflow.Call) (workflow.Issued, error) {
		return c.service.ChangePassword(c.ctx, call, current, password, false)
	})
	c.step(func(call workflow.Call) (workflow.Issued, error) {
		return workflow.Issued{}, c.service.SignOut(c.ctx, call, c.session.Secret)
	})
}

// line returns the next line of standard input.
func (c *changing) line() string {
	if c.err == nil && !c.lines.Scan() {
		var p workflow.Problems
		p.Add("stdin", "required", "标准输入的行数不够：当前密码、新密码，启用动态口令的再加验证码", "has too few lines: the present password, the new one and, with a second factor, a code")
		c.err = cmp.Or(c.lines.Err(), p.Err())
	}
	return c.lines.Text()
}

// step goes on in the session that there is so far.
func (c *changing) step(next func(workflow.Call) (workflow.Issued, error)) {
	call := workflow.Call{}
	if c.err == nil && c.session.Secret != "" {
		call.Actor, c.err = c.service.Authenticate(c.ctx, c.session.Secret)
		call.Actor.Channel = "cli"
	}
	if c.err == nil {
		c.session, c.err = next(call)
	}
}

func (p *program) userReset() *cobra.Command {
	var ask bool
	cmd := &cobra.Command{
		Use:   "reset LOGIN",
		Short: "重置密码：一次性密码只显示这一次 / reset a password: one for one use, shown once",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			password := ""
			if ask {
				if password, err = p.readLine(); err != nil {
					return err
				}
			}
			return p.inHouse(cmd.Context(), func(h *house) error {
				once, err := h.service.ResetPassword(cmd.Context(), workflow.Call{Actor: operator()}, args[0], "", password)
				if err != nil {
					return err
				}
				if ask {
					once.Password = "***"
				}
				return p.printOneTime(once)
			})
		},
	}
	cmd.Flags().BoolVar(&ask, "password-stdin", false, "从标准输入读密码 / read the password from standard input")
	return cmd
}

func (p *program) userTOTPRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "totp-remove LOGIN",
		Short: "移除丢失的动态口令 / remove a lost second factor",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				if err := h.service.RemoveTOTP(cmd.Context(), workflow.Call{Actor: operator()}, args[0], ""); err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("账号 %s 的动态口令已移除\n", "The second factor of account %s is removed\n"), args[0])
				return nil
			})
		},
	}
}
