package workflow

import (
	"regexp"
	"time"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// Region is an administrative division (行政区划) by GB/T 2260 code and name. A
// retired one keeps its history and gets no new task, campaign or grant.
type Region struct {
	Code    string `json:"code"` // six digits
	Name    string `json:"name"`
	Retired bool   `json:"retired,omitempty"`
	Version int    `json:"version,omitempty"` // grows by one with every change
}

// Campaign is a year's programme (专项工作): regions, periods, tasks and the
// assessment parameters. Its Code is its identity.
type Campaign struct {
	Code       string        `json:"code"`
	Title      string        `json:"title"`
	Starts     calendar.Date `json:"starts"`
	Params     assess.Params `json:"assessment"`
	Regions    []string      `json:"regions"`     // region codes, ascending
	Periods    []Period      `json:"periods"`     // by cutoff
	OpenPeriod string        `json:"open_period"` // code of the period that districts report for
	Version    int           `json:"version"`
	CreatedAt  time.Time     `json:"created_at"`
}

// Period is a reporting period (报告期): Cutoff decides what is due, ReportBy is
// the last day for reporting; both inclusive.
type Period struct {
	Code     string        `json:"code"`
	Label    string        `json:"label"`
	Cutoff   calendar.Date `json:"cutoff"`
	ReportBy calendar.Date `json:"report_by"`
}

// Period returns the period with the given code.
func (c Campaign) Period(code string) (Period, bool) {
	for _, p := range c.Periods {
		if p.Code == code {
			return p, true
		}
	}
	return Period{}, false
}

// NextPeriod returns the period after the open one.
func (c Campaign) NextPeriod() (Period, bool) {
	for i, p := range c.Periods {
		if p.Code == c.OpenPeriod && i+1 < len(c.Periods) {
			return c.Periods[i+1], true
		}
	}
	return Period{}, false
}

// assessInput is what the assessment of a report of a task depends on.
func (c Campaign) assessInput(t Task, r Report) assess.Input {
	p, _ := c.Period(r.Period)
	return assess.Input{
		Measures: t.Measures, Values: r.Values,
		Starts: c.Starts, Cutoff: p.Cutoff, EvidenceDate: r.EvidenceDate, Params: c.Params,
	}
}

var (
	regionForm = regexp.MustCompile(`^[1-9][0-9]{5}$`)
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

// Check returns the broken rules of a campaign's own fields and periods.
func (c Campaign) Check() Problems {
	var p Problems
	checkCode(&p, "code", c.Code)
	checkText(&p, "title", c.Title, 1, 300)
	if c.Starts.IsZero() {
		p.Add("starts", "required", "缺少开始日期，例如 2023-01-01", "a start date is required, for example 2023-01-01")
	}
	checkRatio(&p, "assessment.nearly_ratio", c.Params.NearlyRatio)
	checkRatio(&p, "assessment.pace_ratio", c.Params.PaceRatio)
	if c.Params.Version < 1 {
		p.Add("assessment.version", "range", "评定参数版本须为 1 或更大的整数", "must be 1 or more")
	}
	if len(c.Periods) == 0 {
		p.Add("periods", "required", "至少需要一个报告期", "at least one period is required")
	}
	seen := map[string]bool{}
	for i, q := range c.Periods {
		at := indexed("periods", i)
		p.Under(at, q.check(c.Starts))
		if seen[q.Code] {
			p.Add(at+".code", "duplicate", "报告期代码 "+q.Code+" 重复", "period code "+q.Code+" is used twice")
		}
		seen[q.Code] = true
		if i > 0 && !c.Periods[i-1].Cutoff.Before(q.Cutoff) {
			p.Add(at+".cutoff", "order", "报告期须按截止日期先后排列", "periods must be in the order of their cutoffs")
		}
	}
	if len(c.Regions) == 0 {
		p.Add("regions", "required", "至少需要一个行政区划", "at least one region is required")
	}
	return p
}

func (q Period) check(starts calendar.Date) Problems {
	var p Problems
	checkCode(&p, "code", q.Code)
	checkText(&p, "label", q.Label, 1, 50)
	if !q.Cutoff.After(starts) {
		p.Add("cutoff", "order", "截止日期须晚于专项工作开始日期 "+starts.String(), "must be after the campaign's start "+starts.String())
	}
	if q.ReportBy.Before(q.Cutoff) {
		p.Add("report_by", "order", "上报期限不得早于截止日期 "+q.Cutoff.String(), "must not be before the cutoff "+q.Cutoff.String())
	}
	return p
}

// Check returns the broken rules of a region.
func (r Region) Check() Problems {
	var p Problems
	if !regionForm.MatchString(r.Code) {
		p.Add("code", "form", "行政区划代码须为 6 位数字（GB/T 2260），例如 440703", "must be six digits (GB/T 2260), for example 440703")
	}
	checkText(&p, "name", r.Name, 1, 50)
	return p
}
