package api

import (
	"context"

	"duban/workflow"
)

// AccessBody is who may use an operation.
type AccessBody struct {
	Audience string   `json:"audience" enum:"public,signed_in,permitted" doc:"任何人、已登录的人、有权限的人 / Anybody, whoever is signed in, whoever has the permissions"`
	Needs    []string `json:"needs,omitempty" example:"[\"task.read\"]" doc:"所需权限；API 令牌也须包含 / The permissions; an API token must cover them too"`
	Any      bool     `json:"any,omitempty" doc:"其中之一即可 / One of them is enough"`
	Of       string   `json:"of,omitempty" enum:"none,scope,task,region" doc:"权限所对的对象 / What the permissions are about"`
	During   []string `json:"during,omitempty" example:"[\"password\"]" doc:"会话在哪些步骤可用，空串为登录完成；缺省只限登录完成 / In sessions that need one of these, an empty text for nothing; without it only in those that need nothing"`
	Session  bool     `json:"session,omitempty" doc:"API 令牌不可用 / API tokens will not do"`
	Changes  bool     `json:"changes" doc:"会改变内容 / Changes something"`
}

func accessOf(a Access) AccessBody {
	return AccessBody{
		Audience: string(a.Audience), Any: a.Any, Of: string(a.Of), Changes: a.Changes, Session: a.Session,
		During: mapped(a.During, func(n workflow.Need) string { return string(n) }),
		Needs:  mapped(a.Needs, func(p workflow.Permission) string { return string(p) }),
	}
}

type routeBody struct {
	Method    string  `json:"method"`
	Path      string  `json:"path" example:"/api/v1/tasks/{id}"`
	Operation string  `json:"operation,omitempty" doc:"页面没有 / Pages have none"`
	Label     textOut `json:"label"`
	AccessBody
	Roles map[string]string `json:"roles" doc:"角色到范围：all 各地，own 本区县，none 无 / By role: all everywhere, own in the own region, none"`
}

type roleBody struct {
	Name  string  `json:"name" example:"reviewer"`
	Label textOut `json:"label"`
}

type matrixBody struct {
	Roles  []roleBody  `json:"roles"`
	Routes []routeBody `json:"routes"`
}

type matrixOut struct{ Body matrixBody }

// matrix answers who may do what: every route by every role that an account may
// hold.
func (s *server) matrix(_ context.Context, who workflow.Actor, _ *struct{}) (*matrixOut, error) {
	if err := s.service.Require(who, workflow.MayReadUsers); err != nil {
		return nil, err
	}
	roles := s.service.Definition().AccountRoles()
	return &matrixOut{Body: matrixBody{
		Roles: mapped(roles, func(r workflow.RoleDef) roleBody { return roleBody{Name: string(r.Name), Label: textOf(r.Label)} }),
		Routes: mapped(s.table, func(a Access) routeBody {
			out := routeBody{Method: a.Method, Path: a.Path, Operation: a.Operation, Label: textOf(a.Label), AccessBody: accessOf(a), Roles: map[string]string{}}
			for _, r := range roles {
				out.Roles[string(r.Name)] = string(a.Reach(s.service, r.Name))
			}
			return out
		}),
	}}, nil
}
