package api

import (
	"context"
	"net/http"
	"time"

	"duban/workflow"
)

// deputies are the operations by which people act for one another.
func (s *server) deputies() {
	read(s, get("/delegations", "listDelegations", tagAccounts, "我的代理：委托他人的和受托的", "Deputyships that I gave or have").selfService(), s.delegations)
	write(s, post("/delegations", "nameDeputy", tagAccounts, "委托代理人", "Name a deputy").selfService().repeatable().status(http.StatusCreated).
		described("在起止日期内（含当日，北京时间），代理人以委托人的角色和区划办理；记录写明两人。不得转委托。/ "+
			"From the first to the last day, both inclusive, the deputy acts in the role and region of the person; the record tells both. What one has as a deputy cannot be passed on."), s.nameDeputy)
	write(s, del("/delegations/{id}", "endDelegation", tagAccounts, "提前结束代理", "End a deputyship early").selfService(), s.endDelegation)
	read(s, get("/users/{login}/delegations", "listDelegationsOf", tagAccounts, "账号的代理", "Deputyships of an account").needs(ofNothing, workflow.MayReadUsers), s.delegationsOf)
}

type personOut struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
}

type delegationOut struct {
	ID        string     `json:"id" format:"uuid"`
	Grantor   personOut  `json:"grantor" doc:"委托人 / Who has the role"`
	Deputy    personOut  `json:"deputy" doc:"代理人 / Who acts for them"`
	Role      string     `json:"role" example:"reviewer"`
	Region    string     `json:"region,omitempty" example:"440703"`
	From      dateText   `json:"from" example:"2023-08-01"`
	To        dateText   `json:"to" example:"2023-08-15" doc:"含当日 / Inclusive"`
	Active    bool       `json:"active" doc:"今天有效 / Good today"`
	CreatedAt time.Time  `json:"created_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty" doc:"提前结束的时间 / When it was ended early"`
}

func delegationOf(v workflow.DelegationView) delegationOut {
	out := delegationOut{
		ID: v.ID, Grantor: personOut{v.Grantor, v.GrantorName}, Deputy: personOut{v.Deputy, v.DeputyName}, Role: string(v.Role), Region: v.Region,
		From: dateOut(v.From), To: dateOut(v.To), Active: v.Active, CreatedAt: v.CreatedAt.UTC(),
	}
	if !v.EndedAt.IsZero() {
		at := v.EndedAt.UTC()
		out.EndedAt = &at
	}
	return out
}

func (s *server) delegations(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[delegationOut], error) {
	return s.listDelegations(ctx, who, "")
}

func (s *server) delegationsOf(ctx context.Context, who workflow.Actor, in *struct{ AccountPath }) (*listOut[delegationOut], error) {
	return s.listDelegations(ctx, who, in.Login)
}

func (s *server) listDelegations(ctx context.Context, who workflow.Actor, account string) (*listOut[delegationOut], error) {
	all, err := s.service.Delegations(ctx, who, account)
	if err != nil {
		return nil, err
	}
	return listed(all, delegationOf), nil
}

type oneDelegationOut struct{ Body delegationOut }

func delegationAnswer(v workflow.DelegationView, err error) (*oneDelegationOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneDelegationOut{Body: delegationOf(v)}, nil
}

type nameDeputyIn struct {
	Body struct {
		Deputy string   `json:"deputy" maxLength:"64" example:"wang.wu" doc:"代理人的登录名或编号 / Login or id of the deputy"`
		Role   string   `json:"role" maxLength:"64" example:"reviewer"`
		Region string   `json:"region,omitempty" maxLength:"16" example:"440703" doc:"仅区县填报员 / Reporters only"`
		From   dateText `json:"from"`
		To     dateText `json:"to"`
	}
}

func (s *server) nameDeputy(ctx context.Context, call workflow.Call, in *nameDeputyIn) (*oneDelegationOut, error) {
	var p workflow.Problems
	n := workflow.NewDelegation{
		Deputy: in.Body.Deputy, Grant: workflow.Grant{Role: workflow.Role(in.Body.Role), Region: in.Body.Region},
		From: in.Body.From.parse(&p, "from"), To: in.Body.To.parse(&p, "to"),
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return delegationAnswer(s.service.NameDeputy(ctx, call, n))
}

// DelegationPath is the path of a delegation.
type DelegationPath struct {
	ID string `path:"id" pattern:"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" patternDescription:"0198c0de-0000-7000-8000-000000000000" example:"0198c0de-0000-7000-8000-000000000000"`
}

func (s *server) endDelegation(ctx context.Context, call workflow.Call, in *struct{ DelegationPath }) (*oneDelegationOut, error) {
	return delegationAnswer(s.service.EndDeputy(ctx, call, in.ID))
}
