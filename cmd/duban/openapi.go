package main

import (
	"time"

	"github.com/spf13/cobra"

	"duban/api"
	"duban/rbac"
	"duban/workflow"
)

func (p *program) openapi() *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "接口文档（OpenAPI 3.1，JSON）/ the OpenAPI 3.1 document as JSON",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			def, _, err := p.definitionIn(nil)
			if err != nil {
				return err
			}
			policy, err := rbac.New(def)
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(append(api.OpenAPI(workflow.NewService(nil, policy, def, time.Now, nil), version), '\n'))
			return err
		},
	}
}
