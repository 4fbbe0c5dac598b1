package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"duban/api"
	"duban/rbac"
	"duban/workflow"
)

func (p *program) access() *cobra.Command {
	var asCSV bool
	cmd := &cobra.Command{
		Use:   "access",
		Short: "谁可以做什么：路由与角色 / who may do what: routes by roles",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			service, err := p.ruled()
			if err != nil {
				return err
			}
			return p.printAccess(service, asCSV)
		},
	}
	cmd.Flags().BoolVar(&asCSV, "csv", false, "输出 CSV / as CSV")
	return cmd
}

// ruled is a service that knows definition and policy and has no database: enough to say
// which routes there are and who may use them.
func (p *program) ruled() (*workflow.Service, error) {
	def, _, err := p.definitionIn(nil)
	if err != nil {
		return nil, err
	}
	policy, err := rbac.New(def)
	if err != nil {
		return nil, err
	}
	return workflow.NewService(nil, policy, def, time.Now, nil), nil
}

// printAccess prints one line for each route: what it is, what it asks for, and how
// far each role reaches.
func (p *program) printAccess(service *workflow.Service, asCSV bool) error {
	header := []string{p.text("方法", "method"), p.text("路径", "path"), p.text("操作", "operation"), p.text("对谁", "audience"), p.text("权限", "permissions"), p.text("对象", "object"), p.text("改变", "changes")}
	roles := service.Definition().AccountRoles()
	for _, r := range roles {
		header = append(header, r.Label.In(p.lang))
	}
	lines := [][]string{header}
	for _, a := range api.AccessTable(service) {
		changes := ""
		if a.Changes {
			changes = p.text("是", "yes")
		}
		line := []string{a.Method, a.Path, a.Label.In(p.lang), p.audience(a.Audience), permissions(a), string(a.Of), changes}
		for _, r := range roles {
			line = append(line, p.reach(a.Reach(service, r.Name)))
		}
		lines = append(lines, line)
	}
	if asCSV {
		out := csv.NewWriter(p.stdout)
		return out.WriteAll(lines)
	}
	out := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintln(out, strings.Join(line, "\t"))
	}
	return out.Flush()
}

func permissions(a api.Access) string {
	var names []string
	for _, p := range a.Needs {
		names = append(names, string(p))
	}
	if a.Any {
		return strings.Join(names, " | ")
	}
	return strings.Join(names, " + ")
}

func (p *program) audience(a api.Audience) string {
	switch a {
	case api.Public:
		return p.text("任何人", "anybody")
	case api.SignedIn:
		return p.text("已登录", "signed in")
	default:
		return p.text("有权限者", "permitted")
	}
}

func (p *program) reach(r workflow.Reach) string {
	switch r {
	case workflow.Everywhere:
		return p.text("全部", "all")
	case workflow.OwnRegion:
		return p.text("本区县", "own")
	default:
		return "-"
	}
}
