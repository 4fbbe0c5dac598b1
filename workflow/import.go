package workflow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/workflow/assess"
)

// Import is a campaign with its tasks, and reports kept elsewhere, as a campaign
// file has them. Field paths of its problems are those of the file.
type Import struct {
	Campaign Campaign // Regions is taken from Regions below
	Regions  []Region
	Tasks    []NewTask
	Reports  []ImportedReport
}

// ImportedReport is a report on one of the Import's tasks.
type ImportedReport struct {
	Task   string // task code
	Period string // period code
	Input  Input  // EvidenceDate, Narrative, Values
}

// Imported counts what an import made; everything else was there already.
type Imported struct {
	Campaigns int `json:"campaigns"`
	Regions   int `json:"regions"`
	Tasks     int `json:"tasks"`
	Reports   int `json:"reports"`
}

// Check returns the broken rules of everything that can be judged without the
// database. Values are checked for their shape only.
func (in Import) Check() Problems {
	var p Problems
	for _, f := range in.campaign().Check() {
		if !strings.HasPrefix(f.Field, "periods") && !strings.HasPrefix(f.Field, "regions") {
			f.Field = "campaign." + f.Field
		}
		p = append(p, f)
	}
	seen := map[string]bool{}
	for i, r := range in.Regions {
		at := indexed("regions", i)
		p.Under(at, r.Check())
		checkOnce(&p, seen, at+".code", r.Code)
	}
	codes := map[string]NewTask{}
	for i, t := range in.Tasks {
		at := indexed("tasks", i)
		p.Under(at, t.Check(in.campaign()))
		if _, twice := codes[t.Code]; twice {
			p.Add(at+".code", "duplicate", "代码 "+t.Code+" 重复", "code "+t.Code+" is used twice")
		}
		codes[t.Code] = t
	}
	reported := map[string]bool{}
	for i, r := range in.Reports {
		at := indexed("reports", i)
		t, ok := codes[r.Task]
		if !ok {
			p.Add(at+".task", "unknown", "文件中没有任务 "+r.Task, "the file has no task "+r.Task)
			continue
		}
		if _, ok := in.Campaign.Period(r.Period); !ok {
			p.Add(at+".period", "unknown", "文件中没有报告期 "+r.Period, "the file has no period "+r.Period)
		}
		checkOnce(&p, reported, at, r.Task+" "+r.Period)
		p.Under(at, CheckShape(t.Measures, r.Input.Values))
	}
	return p
}

func checkOnce(p *Problems, seen map[string]bool, field, code string) {
	if seen[code] {
		p.Add(field, "duplicate", code+" 重复", code+" stands twice")
	}
	seen[code] = true
}

// campaign returns the campaign with the codes of the import's regions.
func (in Import) campaign() Campaign {
	c := in.Campaign
	c.Regions = nil
	for _, r := range in.Regions {
		c.Regions = append(c.Regions, r.Code)
	}
	return c
}

// Import brings in what is not there yet, all of it or nothing. What is there
// must be the same; a later version of the parameters, further regions and
// further periods are added. Reports are submitted by the caller for the task's
// open period.
func (s *Service) Import(ctx context.Context, call Call, in Import) (Imported, error) {
	if err := in.Check().Err(); err != nil {
		return Imported{}, err
	}
	return write(ctx, s, call.to("import", SubjectCampaign, in.Campaign.Code), func(u *desk) (Imported, error) {
		var out Imported
		role, err := u.may(MayWriteCampaigns, "")
		if err != nil {
			return out, err
		}
		if out.Regions, err = u.ensureRegions(in.Regions); err != nil {
			return out, err
		}
		c, err := u.importCampaign(role, in.campaign(), &out)
		if err != nil {
			return out, err
		}
		tasks, err := u.importTasks(c, in.Tasks, &out)
		if err != nil {
			return out, err
		}
		for i, r := range in.Reports {
			made, err := u.importReport(tasks[r.Task], r)
			if err != nil {
				return out, below(indexed("reports", i), err)
			}
			out.Reports += made
		}
		return out, nil
	})
}

func (u *desk) importCampaign(role Role, given Campaign, out *Imported) (Campaign, error) {
	stored, err := u.LockCampaign(given.Code)
	if isNoRow(err) {
		out.Campaigns++
		return u.createCampaign(role, given)
	}
	if err != nil {
		return stored, err
	}
	next := stored
	switch {
	case stored.Title != given.Title:
		return stored, differs("campaign.title", stored.Title, given.Title)
	case stored.Starts != given.Starts:
		return stored, differs("campaign.starts", stored.Starts.String(), given.Starts.String())
	case given.Params.Version > stored.Params.Version:
		next.Params = given.Params
	case !given.Params.Equal(stored.Params):
		return stored, differs("campaign.assessment", describe(stored.Params), describe(given.Params))
	}
	for _, code := range given.Regions {
		if !slices.Contains(next.Regions, code) {
			if err := inUse(u, code); err != nil {
				return stored, err
			}
			next.Regions = append(slices.Clone(next.Regions), code)
		}
	}
	slices.Sort(next.Regions)
	for i, p := range given.Periods {
		if i < len(stored.Periods) && p != stored.Periods[i] {
			return stored, differs(indexed("periods", i), describe(stored.Periods[i]), describe(p))
		}
	}
	if len(given.Periods) > len(stored.Periods) {
		next.Periods = given.Periods
	}
	if sameJSON(next, stored) {
		return stored, nil
	}
	next.Version++
	return next, u.saveCampaign(u.Tx, role, eventCampaignUpdate, stored, next)
}

// importTasks assigns the tasks that are not there and returns all tasks of the
// campaign by code.
func (u *desk) importTasks(c Campaign, given []NewTask, out *Imported) (map[string]Task, error) {
	stored, err := u.Tasks(TaskFilter{Scope: Scope{All: true}, Campaign: c.Code})
	if err != nil {
		return nil, fmt.Errorf("listing the tasks of %s: %w", c.Code, err)
	}
	byCode := make(map[string]Task, len(stored)+len(given))
	for _, t := range stored {
		byCode[t.Code] = t
	}
	var fresh []NewTask
	var role Role
	for i, n := range given {
		t, there := byCode[n.Code]
		if there {
			if err := sameTask(t, n); err != nil {
				return nil, below(indexed("tasks", i), err)
			}
			continue
		}
		if role, err = u.may(EventPermission(EventAssign), n.Region); err != nil {
			return nil, err
		}
		fresh = append(fresh, n)
	}
	if len(fresh) == 0 {
		return byCode, nil
	}
	seq := 0
	for _, t := range stored {
		seq = max(seq, t.Seq)
	}
	for i, n := range fresh {
		if !slices.ContainsFunc(fresh[:i], func(t NewTask) bool { return t.Region == n.Region }) {
			if err := inUse(u, n.Region); err != nil {
				return byCode, err
			}
		}
	}
	made, err := u.assign(role, c, seq, fresh)
	for _, t := range made {
		byCode[t.Code] = t
	}
	out.Tasks = len(made)
	return byCode, err
}

func sameTask(t Task, n NewTask) error {
	switch measures := sortedByDue(n.Measures); {
	case t.Region != n.Region:
		return differs("region", t.Region, n.Region)
	case t.Key != n.Key:
		return differs("key", fmt.Sprint(t.Key), fmt.Sprint(n.Key))
	case t.Subject != n.Subject:
		return differs("subject", t.Subject, n.Subject)
	case t.Requirement != n.Requirement:
		return differs("requirement", t.Requirement, n.Requirement)
	case !sameJSON(t.Measures, measures):
		return differs("measures", describe(t.Measures), describe(measures))
	}
	return nil
}

// importReport submits a report unless the same one is there.
func (u *desk) importReport(t Task, r ImportedReport) (made int, err error) {
	stored, err := u.Reports(t.ID)
	if err != nil {
		return 0, fmt.Errorf("reading the reports of task %s: %w", t.Code, err)
	}
	for _, old := range stored {
		if old.Period != r.Period || old.Status != Waiting && old.Status != Accepted {
			continue
		}
		same := old.EvidenceDate == r.Input.EvidenceDate && old.Narrative == r.Input.Narrative && sameJSON(old.Values, r.Input.Values)
		if same {
			return 0, nil
		}
	}
	if r.Period != t.Period {
		var p Problems
		p.Add("period", "not_open", "任务 "+t.Code+" 现在的报告期是 "+t.Period, "task "+t.Code+" is in period "+t.Period)
		return 0, p.Err()
	}
	if err := u.svc.checkInput(EventReport, r.Input); err != nil {
		return 0, err
	}
	start, err := u.LockTask(t.ID)
	if err != nil {
		return 0, fmt.Errorf("locking task %s: %w", t.Code, err)
	}
	_, err = u.move(start, EventReport, r.Input, (*motion).submit)
	return 1, err
}

// below puts the fields of an error below a path; an error without fields gets
// one that names the path.
func below(path string, err error) error {
	e := *AsError(err)
	if len(e.Fields) == 0 {
		e.Fields = []FieldError{{Field: path, Rule: e.Code, Text: e.Text}}
		return &e
	}
	var p Problems
	p.Under(path, e.Fields)
	e.Fields = p
	return &e
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func describe(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// CheckAssessable returns the problems that keep a report of the import from
// being assessed: figures that are due and missing. Values that are not due yet,
// or not known by the evidence date, are simply not taken into account.
func (in Import) CheckAssessable(period string) Problems {
	var p Problems
	c, tasks := in.Campaign, map[string]NewTask{}
	for _, t := range in.Tasks {
		tasks[t.Code] = t
	}
	q, _ := c.Period(period)
	for i, r := range in.Reports {
		if r.Period == period {
			p.Under(indexed("reports", i), CheckPresent(tasks[r.Task].Measures, r.Input.Values, q.Cutoff))
		}
	}
	return p
}

// Assess computes the assessment of a task from its report for a period, and
// false when the import has no such report. The import must have passed Check
// and CheckAssessable.
func (in Import) Assess(t NewTask, period string) (assess.Assessment, bool) {
	for _, r := range in.Reports {
		if r.Task == t.Code && r.Period == period {
			task := Task{Measures: sortedByDue(t.Measures)}
			return assess.Assess(in.Campaign.assessInput(task, Report{Period: period, EvidenceDate: r.Input.EvidenceDate, Values: r.Input.Values})), true
		}
	}
	return assess.Assessment{}, false
}
