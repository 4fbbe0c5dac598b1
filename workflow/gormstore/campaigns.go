package gormstore

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"duban/migrations"
	"duban/workflow"
	"duban/workflow/assess"
)

type regionRow struct {
	Code    string `gorm:"primaryKey"`
	Name    string
	Retired bool
	Version int
}

func (regionRow) TableName() string { return "regions" }

func (r regionRow) region(*decoder) workflow.Region {
	return workflow.Region{Code: r.Code, Name: r.Name, Retired: r.Retired, Version: r.Version}
}

func (u *unit) Region(code string) (workflow.Region, error) {
	return one(u, "reading a region", regionRow.region, "code = ?", code)
}

func (u *unit) Regions() ([]workflow.Region, error) {
	return all(u, "listing regions", regionRow.region, func(db *gorm.DB) *gorm.DB { return db.Order("code") })
}

func (u *unit) SaveRegion(r workflow.Region, was int) error {
	return u.change("saving region "+r.Code, func(db *gorm.DB) *gorm.DB {
		return db.Model(&regionRow{}).Where("code = ? AND version = ?", r.Code, was).UpdateColumns(map[string]any{
			"name": r.Name, "retired": r.Retired, "version": r.Version,
		})
	})
}

func (u *unit) InsertRegion(r workflow.Region) error {
	return u.insertAll("inserting region "+r.Code, regionsTable.into, [][]any{regionValues(r)})
}

type campaignRow struct {
	Code          string `gorm:"primaryKey"`
	Title         string
	Starts        string
	ParamsVersion int
	OpenPeriod    string
	Version       int
	CreatedAt     moment
}

func (campaignRow) TableName() string { return "campaigns" }

// campaignPeriodRow is a campaign with its parameters and regions beside one of
// its periods. One statement reads them all, so that a campaign is never seen
// with parts of another version.
type campaignPeriodRow struct {
	Campaign    campaignRow `gorm:"embedded"`
	NearlyRatio string
	PaceRatio   string
	Regions     string // codes with commas between
	PeriodCode  string // empty: it has no periods
	Label       string
	Cutoff      string
	ReportBy    string
}

const selectCampaigns = `SELECT c.code, c.title, c.starts, c.params_version, c.open_period, c.version, c.created_at,
	a.nearly_ratio, a.pace_ratio,
	COALESCE((SELECT GROUP_CONCAT(r.region) FROM campaign_regions r WHERE r.campaign = c.code), '') AS regions,
	COALESCE(p.code, '') AS period_code, COALESCE(p.label, '') AS label,
	COALESCE(p.cutoff, '') AS cutoff, COALESCE(p.report_by, '') AS report_by
	FROM campaigns c
	JOIN assessment_params a ON a.campaign = c.code AND a.version = c.params_version
	LEFT JOIN periods p ON p.campaign = c.code `

func (u *unit) campaigns(what, where string, args ...any) ([]workflow.Campaign, error) {
	var rows []campaignPeriodRow
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
		return db.Raw(selectCampaigns+where+" ORDER BY c.code, p.cutoff, p.code", args...).Scan(&rows)
	}); err != nil {
		return nil, err
	}
	var campaigns []workflow.Campaign
	var d decoder
	for _, r := range rows {
		if n := len(campaigns); n == 0 || campaigns[n-1].Code != r.Campaign.Code {
			campaigns = append(campaigns, r.campaign(&d))
		}
		if r.PeriodCode != "" {
			last := &campaigns[len(campaigns)-1]
			last.Periods = append(last.Periods, workflow.Period{
				Code: r.PeriodCode, Label: r.Label, Cutoff: d.date(r.Cutoff), ReportBy: d.date(r.ReportBy),
			})
		}
	}
	return campaigns, u.readable(what, d.err)
}

// campaign maps everything but the periods.
func (r campaignPeriodRow) campaign(d *decoder) workflow.Campaign {
	c := workflow.Campaign{
		Code: r.Campaign.Code, Title: r.Campaign.Title, Starts: d.date(r.Campaign.Starts),
		OpenPeriod: r.Campaign.OpenPeriod, Version: r.Campaign.Version, CreatedAt: d.time(r.Campaign.CreatedAt),
		Params: assess.Params{
			Version: r.Campaign.ParamsVersion, NearlyRatio: d.decimal(r.NearlyRatio), PaceRatio: d.decimal(r.PaceRatio),
		},
	}
	if r.Regions != "" {
		c.Regions = strings.Split(r.Regions, ",")
		slices.Sort(c.Regions)
	}
	return c
}

func (u *unit) Campaign(code string) (workflow.Campaign, error) {
	if !findable(code) {
		return workflow.Campaign{}, workflow.ErrNoRow
	}
	campaigns, err := u.campaigns("reading a campaign", "WHERE c.code = ?", code)
	if err != nil {
		return workflow.Campaign{}, err
	}
	if len(campaigns) == 0 {
		return workflow.Campaign{}, workflow.ErrNoRow
	}
	return campaigns[0], nil
}

func (u *unit) Campaigns() ([]workflow.Campaign, error) { return u.campaigns("listing campaigns", "") }

// LockCampaign locks first and reads then: a statement that waited for the lock
// would show the parts as they were before the wait.
func (u *unit) LockCampaign(code string) (workflow.Campaign, error) {
	if !findable(code) {
		return workflow.Campaign{}, workflow.ErrNoRow
	}
	if err := u.lockRow("campaigns", "code = ?", code); err != nil {
		return workflow.Campaign{}, err
	}
	return u.Campaign(code)
}

// lockRow keeps others from changing a row until the end of the unit; on SQLite
// nobody else can write until then anyway.
func (u *unit) lockRow(table, where, identity string) error {
	if u.dialect == migrations.SQLite {
		return nil
	}
	var one int
	n, err := u.run("locking a row of "+table, func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT 1 FROM "+table+" WHERE "+where+" FOR UPDATE", identity).Scan(&one)
	})
	if err == nil && n == 0 {
		err = workflow.ErrNoRow
	}
	return err
}

func (u *unit) InsertCampaign(c workflow.Campaign) error {
	if err := u.insertAll("inserting campaign "+c.Code, campaignsTable.into, [][]any{campaignValues(c)}); err != nil {
		return err
	}
	return u.insertParts(c)
}

func (u *unit) SaveCampaign(c workflow.Campaign, was int) error {
	what := "saving campaign " + c.Code
	if err := u.change(what, func(db *gorm.DB) *gorm.DB {
		return db.Model(&campaignRow{}).Where("code = ? AND version = ?", c.Code, was).UpdateColumns(map[string]any{
			"title": c.Title, "params_version": c.Params.Version, "open_period": c.OpenPeriod, "version": c.Version,
		})
	}); err != nil {
		return err
	}
	if err := u.exec(what, anyNumber, "DELETE FROM periods WHERE campaign = ?", c.Code); err != nil {
		return err
	}
	// Regions that stay are left alone: tasks refer to them.
	staying := append([]string{""}, c.Regions...) // never an empty list
	if err := u.exec(what, anyNumber, "DELETE FROM campaign_regions WHERE campaign = ? AND region NOT IN ?", c.Code, staying); err != nil {
		return err
	}
	return u.insertParts(c)
}

// insertNew inserts the rows whose keys are not there yet.
func (u *unit) insertNew(what string, t table, rows [][]any) error {
	where := strings.Join(t.columns[:t.keys], " = ? AND ") + " = ?"
	for _, row := range rows {
		var there int
		if _, err := u.run(what, func(db *gorm.DB) *gorm.DB {
			return db.Raw("SELECT COUNT(*) FROM "+t.name+" WHERE "+where, row[:t.keys]...).Scan(&there)
		}); err != nil {
			return err
		}
		if there > 0 {
			continue
		}
		if err := u.insertAll(what, t.into, [][]any{row}); err != nil {
			return err
		}
	}
	return nil
}

// insertParts adds the regions and parameters that are not there yet, and the
// periods.
func (u *unit) insertParts(c workflow.Campaign) error {
	what := "inserting the parts of campaign " + c.Code
	if err := u.insertNew(what, paramsTable, [][]any{paramsValues(c.Code, c.Params)}); err != nil {
		return err
	}
	if err := u.insertNew(what, campaignRegionsTable, campaignRegionValues(c)); err != nil {
		return err
	}
	return u.insertAll(what, periodsTable.into, periodValues(c))
}
