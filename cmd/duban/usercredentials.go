package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"duban/workflow"
)

func (p *program) userCredentials() *cobra.Command {
	return &cobra.Command{
		Use:   "credentials LOGIN",
		Short: "列出账号的会话和令牌 / list the sessions and tokens of an account",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				list, err := h.service.HeldCredentials(cmd.Context(), operator(), args[0])
				if err != nil {
					return err
				}
				out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
				for _, c := range list {
					bound := workflow.JoinScopes(c.Scopes)
					fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.Kind, c.Label, bound,
						strings.TrimSpace(c.Address+" "+c.Agent), c.LastSeen.Format(time.RFC3339), c.ExpiresAt.Format(time.RFC3339))
				}
				return out.Flush()
			})
		},
	}
}

func (p *program) userEnd() *cobra.Command {
	return &cobra.Command{
		Use:   "end LOGIN [ID]",
		Short: "结束账号的一个或全部会话和令牌 / end one or all of the sessions and tokens of an account",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.inHouse(cmd.Context(), func(h *house) error {
				call := workflow.Call{Actor: operator()}
				if len(args) == 1 {
					return h.service.EndAllCredentials(cmd.Context(), call, args[0])
				}
				return h.service.EndCredential(cmd.Context(), call, args[0], "", args[1])
			})
		},
	}
}
