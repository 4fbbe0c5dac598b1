package meetingpack

import (
	"slices"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// report is one report of a task as the evidence page shows it.
type report struct {
	workflow.Report
	Person string // its author
	Period string // label
	Values []value
}

// value is one measure of a report: what was said and what followed from it.
type value struct {
	Measure  string
	Said     []workflow.Text
	Required string
	Due      calendar.Date
	Verdict  workflow.Text
}

// Reports are the task's reports, oldest first.
func (t taskPage) Reports() []report {
	people := map[string]string{}
	for _, e := range t.Entries {
		people[e.Event.ActorID] = e.Person
	}
	out := make([]report, len(t.MeetingTask.Reports))
	for i, r := range t.MeetingTask.Reports {
		out[i] = report{Report: r, Person: people[r.Author], Period: t.period(r.Period)}
		for _, m := range t.Task.Measures {
			if v, given := r.Values[m.Code]; given {
				out[i].Values = append(out[i].Values, valueOf(m, v, r.Assessment))
			}
		}
	}
	return out
}

func (t taskPage) period(code string) string {
	if p, ok := t.pack.Lag.Campaign.Period(code); ok {
		return p.Label
	}
	return code
}

func valueOf(m assess.Measure, v assess.Value, a assess.Assessment) value {
	unit := m.Unit
	if m.Of != nil {
		unit = m.Of.Unit
	}
	out := value{Measure: m.Station + m.Name}
	say := func(zh, en, said string) {
		out.Said = append(out.Said, workflow.Text{ZH: zh + " " + said, EN: en + " " + said})
	}
	if v.AtCutoff != nil {
		say("截止日", "at the cutoff", v.AtCutoff.String()+unit)
	}
	if v.Latest != nil {
		say(v.LatestOn.String()+" 最新", "latest, on "+v.LatestOn.String(), v.Latest.String()+unit)
	}
	if v.Value != nil {
		say("实测", "measured", v.Value.String()+unit)
	}
	for _, s := range m.Stages {
		is, given := v.Stages[s.Code]
		switch {
		case given && !is.DoneOn.IsZero():
			say(s.Name+" 完成于", s.Name+" done on", is.DoneOn.String())
		case given && is.Share != nil:
			say(s.Name+" 完成比例", s.Name+" share done", is.Share.String())
		}
	}
	if v.Verdict != "" {
		out.Said = append(out.Said, workflow.VerdictLabel(v.Verdict))
	}
	if j, judged := a.Judged(m.Code); judged {
		out.Required, out.Due, out.Verdict = j.Required, j.Due, workflow.VerdictLabel(j.Verdict)
		if j.Required != "" && !slices.Contains([]assess.Kind{assess.Stages, assess.Qualitative}, m.Kind) {
			out.Required += unit
		}
	}
	return out
}
