package api

import (
	"context"

	"duban/workflow"
)

type tallyOut struct {
	Region   string         `json:"region" example:"440703"`
	Tasks    int            `json:"tasks"`
	States   map[string]int `json:"states" doc:"按状态；没有任务的状态不列出 / By state; those without tasks are absent"`
	Verdicts map[string]int `json:"verdicts" doc:"按本报告期最终评定，撤销的任务不计 / By final verdict of the period, without cancelled tasks"`
	Open     int            `json:"open" doc:"尚无最终评定的任务，撤销的不计 / Tasks without a final verdict that are not cancelled"`
}

func tallyOf(t workflow.Tally) tallyOut {
	return tallyOut{Region: t.Region, Tasks: t.Tasks, States: counts(t.States), Verdicts: counts(t.Verdicts), Open: t.Open}
}

func counts[K ~string](by map[K]int) map[string]int {
	out := make(map[string]int, len(by))
	for k, n := range by {
		out[string(k)] = n
	}
	return out
}

type tallyIn struct {
	PeriodPath
	PastQuery
}

type tallyList struct {
	Items []tallyOut `json:"items"`
	AsOf  asOfText   `json:"as_of,omitempty"`
}

type tallyListOut struct{ Body tallyList }

func (s *server) tally(ctx context.Context, who workflow.Actor, in *tallyIn) (*tallyListOut, error) {
	var p workflow.Problems
	asOf := in.AsOf.parse(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	all, err := s.service.Tally(ctx, who, in.Code, in.Period, asOf)
	if err != nil {
		return nil, err
	}
	return &tallyListOut{Body: tallyList{Items: mapped(all, tallyOf), AsOf: in.AsOf}}, nil
}
