package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) userLink() *cobra.Command {
	var issuer string
	cmd := &cobra.Command{
		Use:   "link LOGIN SUBJECT",
		Short: "让身份提供方的人员登录到已有账号 / let a person of the identity provider sign in to an account",
		Long: p.text("SUBJECT 是身份提供方给此人的 sub。此后每次登录，账号的角色以 auth.oidc.rules 为准。",
			"SUBJECT is the sub by which the provider knows the person. From then on auth.oidc.rules give the account its roles at each sign-in."),
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				from := issuer
				if from == "" {
					from = h.config.OIDC.Issuer
				}
				link, err := h.service.LinkUser(cmd.Context(), workflow.Call{Actor: operator()}, args[0], from, args[1])
				if err != nil {
					return err
				}
				fmt.Fprintf(p.stdout, p.text("账号 %s 已与 %s 的人员关联（%s）\n", "Account %s is linked to a person of %s (%s)\n"), args[0], link.Issuer, link.ID[:16])
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&issuer, "issuer", "", "身份提供方网址，默认 auth.oidc.issuer / URL of the provider, auth.oidc.issuer by default")
	return cmd
}
