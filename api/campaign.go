package api

import (
	"context"
	"time"

	"duban/workflow"
	"duban/workflow/assess"
)

type campaignOut struct {
	Code       string       `json:"code" example:"jm-2023"`
	Title      string       `json:"title"`
	Starts     dateText     `json:"starts"`
	Assessment paramsBody   `json:"assessment"`
	Regions    []string     `json:"regions"`
	Periods    []periodBody `json:"periods"`
	OpenPeriod string       `json:"open_period"`
	Version    int          `json:"version"`
	CreatedAt  time.Time    `json:"created_at"`
}

// paramsBody are the assessment parameters, in both directions.
type paramsBody struct {
	Version     int         `json:"version,omitempty" doc:"默认 1 / 1 by default"`
	NearlyRatio decimalText `json:"nearly_ratio,omitempty" doc:"默认 0.70 / 0.70 by default"`
	PaceRatio   decimalText `json:"pace_ratio,omitempty" doc:"默认 0.70 / 0.70 by default"`
}

// periodBody is a reporting period, in both directions.
type periodBody struct {
	Code     string   `json:"code" example:"2023-h1"`
	Label    string   `json:"label" example:"1-6月"`
	Cutoff   dateText `json:"cutoff"`
	ReportBy dateText `json:"report_by"`
}

func campaignOf(c workflow.Campaign) campaignOut {
	return campaignOut{
		Code: c.Code, Title: c.Title, Starts: dateOut(c.Starts), Regions: append([]string{}, c.Regions...), Periods: mapped(c.Periods, periodOf),
		Assessment: paramsBody{Version: c.Params.Version, NearlyRatio: decimalOut(&c.Params.NearlyRatio), PaceRatio: decimalOut(&c.Params.PaceRatio)},
		OpenPeriod: c.OpenPeriod, Version: c.Version, CreatedAt: c.CreatedAt.UTC(),
	}
}

func periodOf(p workflow.Period) periodBody {
	return periodBody{Code: p.Code, Label: p.Label, Cutoff: dateOut(p.Cutoff), ReportBy: dateOut(p.ReportBy)}
}

func (s *server) campaigns(ctx context.Context, who workflow.Actor, _ *struct{}) (*listOut[campaignOut], error) {
	all, err := s.service.Campaigns(ctx, who)
	if err != nil {
		return nil, err
	}
	return listed(all, campaignOf), nil
}

type oneCampaignOut struct {
	ETag string `header:"ETag"`
	Body campaignOut
}

func (s *server) campaign(ctx context.Context, who workflow.Actor, in *struct{ CodePath }) (*oneCampaignOut, error) {
	c, err := s.service.Campaign(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	return &oneCampaignOut{ETag: etag(c.Version), Body: campaignOf(c)}, nil
}

type createCampaignIn struct{ Body newCampaignBody }

// newCampaignBody is a campaign to be made.
type newCampaignBody struct {
	Code       string       `json:"code" example:"jm-2023"`
	Title      string       `json:"title"`
	Starts     dateText     `json:"starts"`
	Assessment paramsBody   `json:"assessment,omitempty"`
	Regions    []string     `json:"regions" maxItems:"10000"`
	Periods    []periodBody `json:"periods" maxItems:"100"`
}

// campaign reads the body, which stands at a place of the request; "" is the whole.
func (b newCampaignBody) campaign(p *workflow.Problems, place string) workflow.Campaign {
	var own workflow.Problems
	c := workflow.Campaign{Code: b.Code, Title: b.Title, Starts: b.Starts.parse(&own, "starts"), Params: b.Assessment.params(&own), Regions: b.Regions}
	for i, q := range b.Periods {
		at := indexed("periods", i)
		c.Periods = append(c.Periods, workflow.Period{
			Code: q.Code, Label: q.Label, Cutoff: q.Cutoff.parse(&own, at+".cutoff"), ReportBy: q.ReportBy.parse(&own, at+".report_by"),
		})
	}
	if place == "" {
		*p = append(*p, own...)
		return c
	}
	p.Under(place, own)
	return c
}

type createdCampaignOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     campaignOut
}

// usualRatio applies unless a campaign says otherwise (domain.md, "Assessment").
const usualRatio = "0.70"

func (b paramsBody) params(p *workflow.Problems) assess.Params {
	if b.Version == 0 {
		b.Version = 1
	}
	if b.NearlyRatio == "" {
		b.NearlyRatio = usualRatio
	}
	if b.PaceRatio == "" {
		b.PaceRatio = usualRatio
	}
	return assess.Params{
		Version: b.Version, NearlyRatio: b.NearlyRatio.or0(p, "assessment.nearly_ratio"), PaceRatio: b.PaceRatio.or0(p, "assessment.pace_ratio"),
	}
}

func (s *server) createCampaign(ctx context.Context, call workflow.Call, in *createCampaignIn) (*createdCampaignOut, error) {
	var p workflow.Problems
	c := in.Body.campaign(&p, "")
	if err := p.Err(); err != nil {
		return nil, err
	}
	made, err := s.service.CreateCampaign(ctx, call, c)
	if err != nil {
		return nil, err
	}
	return &createdCampaignOut{ETag: etag(made.Version), Location: base + "/campaigns/" + made.Code, Body: campaignOf(made)}, nil
}

type assignIn struct {
	CodePath
	Body newTaskBody
}

// newTaskBody is a task to be assigned.
type newTaskBody struct {
	Code        string        `json:"code" example:"440703-01"`
	Region      string        `json:"region" example:"440703"`
	Key         bool          `json:"key,omitempty"`
	Subject     string        `json:"subject"`
	Requirement string        `json:"requirement"`
	Measures    []measureBody `json:"measures" maxItems:"200"`
}

func (b newTaskBody) task(p *workflow.Problems) workflow.NewTask {
	t := workflow.NewTask{Code: b.Code, Region: b.Region, Key: b.Key, Subject: b.Subject, Requirement: b.Requirement}
	for i, m := range b.Measures {
		t.Measures = append(t.Measures, m.measure(p, indexed("measures", i)))
	}
	return t
}

type assignOut struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     struct {
		Task taskOut `json:"task"`
	} `nameHint:"AssignedTask"`
}

func (s *server) assign(ctx context.Context, call workflow.Call, in *assignIn) (*assignOut, error) {
	var p workflow.Problems
	t := in.Body.task(&p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	made, err := s.service.Assign(ctx, call, in.Code, t)
	if err != nil {
		return nil, err
	}
	out := &assignOut{ETag: etag(made.Version), Location: base + "/tasks/" + made.ID}
	out.Body.Task = taskOf(made)
	return out, nil
}
