package api

import (
	"context"

	"duban/workflow"
)

type definitionBody struct {
	Roles       []roleOut       `json:"roles"`
	States      []stateOut      `json:"states"`
	Events      []eventOut      `json:"events"`
	Transitions []transitionOut `json:"transitions"`
	Audited     []roleOut       `json:"audited" doc:"流程事件以外的审计事件 / Audit events beside those of the workflow"`
}

type roleOut struct {
	Name  string  `json:"name"`
	Label textOut `json:"label"`
}

type stateOut struct {
	Name     string  `json:"name" example:"reported"`
	Label    textOut `json:"label"`
	Initial  bool    `json:"initial"`
	Terminal bool    `json:"terminal"`
}

type transitionOut struct {
	Event  string   `json:"event"`
	From   string   `json:"from,omitempty" doc:"没有则为新任务 / Absent: makes the task"`
	To     string   `json:"to"`
	By     []string `json:"by"`
	Guards []string `json:"guards"`
}

func transitionOf(t workflow.Transition) transitionOut {
	return transitionOut{
		Event: string(t.Event), From: string(t.From), To: string(t.To),
		By: mapped(t.By, func(r workflow.Role) string { return string(r) }), Guards: append([]string{}, t.Guards...),
	}
}

type definitionOut struct{ Body definitionBody }

func (s *server) definition(context.Context, workflow.Actor, *struct{}) (*definitionOut, error) {
	d := s.service.Definition()
	return &definitionOut{Body: definitionBody{
		Roles:  mapped(d.Roles, func(r workflow.RoleDef) roleOut { return roleOut{Name: string(r.Name), Label: textOf(r.Label)} }),
		States: mapped(d.States, stateOf), Events: mapped(d.Events, eventOf), Transitions: mapped(d.Transitions, transitionOf),
		Audited: mapped(workflow.OtherEvents(), func(name string) roleOut { return roleOut{Name: name, Label: textOf(d.EventLabel(name))} }),
	}}, nil
}

func stateOf(s workflow.StateDef) stateOut {
	return stateOut{Name: string(s.Name), Label: textOf(s.Label), Initial: s.Initial, Terminal: s.Terminal}
}

func (s *server) regions(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[regionOut], error) {
	all, err := s.service.Regions(ctx, who)
	if err != nil {
		return nil, err
	}
	return listed(all, regionOf), nil
}
