package main

import (
	"github.com/spf13/cobra"

	"duban/api"
)

func (p *program) openapi() *cobra.Command {
	return &cobra.Command{
		Use:   "openapi",
		Short: "接口文档（OpenAPI 3.1，JSON）/ the OpenAPI 3.1 document as JSON",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			service, err := p.ruled()
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(append(api.OpenAPI(service, version), '\n'))
			return err
		},
	}
}
