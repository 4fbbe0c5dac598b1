package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/workflow/audit"
)

// Names of the audit events that are not events of the definition.
const (
	eventCampaignCreate = "campaign.create"
	eventCampaignUpdate = "campaign.update"
	eventAuditRead      = "audit.read"
	eventAuditExport    = "audit.export"
	eventVerify         = "audit.verify" // asked for by a person
)

// CreateCampaign makes a campaign of existing regions. Its first period is open.
// Version, OpenPeriod and CreatedAt of the argument are not used.
func (s *Service) CreateCampaign(ctx context.Context, call Call, c Campaign) (Campaign, error) {
	if err := c.Check().Err(); err != nil {
		return Campaign{}, err
	}
	return write(ctx, s, call.to(eventCampaignCreate, SubjectCampaign, c.Code), func(u *desk) (Campaign, error) {
		role, err := u.may(MayWriteCampaigns, "")
		if err != nil {
			return Campaign{}, err
		}
		return u.createCampaign(role, c)
	})
}

func (u *desk) createCampaign(role Role, c Campaign) (Campaign, error) {
	var p Problems
	c.Regions = slices.Clone(c.Regions)
	slices.Sort(c.Regions)
	for i, code := range c.Regions {
		region, err := u.Region(code)
		switch {
		case err == nil && region.Retired:
			p.Add(indexed("regions", i), "retired", "行政区划 "+region.Name+" 已停用", "region "+region.Name+" is retired")
		case isNoRow(err):
			p.Add(indexed("regions", i), "unknown", "没有行政区划 "+code, "there is no region "+code)
		case err != nil:
			return c, err
		case i > 0 && c.Regions[i-1] == code:
			p.Add(indexed("regions", i), "duplicate", "行政区划 "+code+" 重复", "region "+code+" is listed twice")
		}
	}
	if err := p.Err(); err != nil {
		return c, err
	}
	c.OpenPeriod, c.Version, c.CreatedAt = c.Periods[0].Code, 1, u.now
	err := u.InsertCampaign(c)
	if errors.Is(err, ErrDuplicate) {
		return c, NewError(Conflict, "campaign.code_taken", "已有代码为 "+c.Code+" 的专项工作", "There is a campaign "+c.Code+" already")
	}
	if err != nil {
		return c, fmt.Errorf("inserting campaign %s: %w", c.Code, err)
	}
	is, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	return c, u.log(audit.Event{
		Name: eventCampaignCreate, Subject: SubjectCampaign, SubjectID: c.Code, Version: 1, ActorRole: string(role),
		Campaign: c.Code, Period: c.OpenPeriod, After: is,
	})
}

// ensureRegions makes the regions that are not there and reports how many it
// made. A region that is there under another name is refused.
func (u *desk) ensureRegions(regions []Region) (int, error) {
	made := 0
	for i, r := range regions {
		old, err := u.Region(r.Code)
		switch {
		case err == nil && old.Name == r.Name:
			continue
		case err == nil:
			return made, differs(indexed("regions", i)+".name", old.Name, r.Name)
		case !isNoRow(err):
			return made, err
		}
		if err := u.createRegion(r); err != nil {
			return made, err
		}
		made++
	}
	return made, nil
}

// differs refuses to overwrite what is stored with something else.
func differs(field, stored, given string) error {
	short := func(s string) string {
		if r := []rune(strings.TrimSpace(s)); len(r) > 60 {
			return string(r[:60]) + "…"
		}
		return strings.TrimSpace(s)
	}
	e := NewError(Conflict, "import.differs",
		"系统中已有的内容与文件不同，导入不会覆盖", "What is stored differs from the file; an import overwrites nothing")
	e.Fields = []FieldError{{Field: field, Rule: "differs", Text: Text{
		ZH: "系统中为“" + short(stored) + "”，文件中为“" + short(given) + "”",
		EN: "stored is \"" + short(stored) + "\", the file has \"" + short(given) + "\"",
	}}}
	return e
}
