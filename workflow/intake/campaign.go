// Package intake reads files that come from outside: the campaign file (YAML), and
// official tables (Word, Excel, plain text), of which it proposes one.
package intake

import (
	"errors"
	"fmt"
	"strings"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/strictyaml"
)

// maxFile is the largest campaign file in bytes.
const maxFile = 16 << 20

// File is a campaign file that was read and passed every check that needs no
// database.
type File struct {
	workflow.Import
	name string
	doc  *strictyaml.Document
}

// ReadCampaign reads a campaign file. name is used in messages. The error is of
// kind Invalid; its fields are named "file:line: path", one for each problem.
func ReadCampaign(name string, data []byte) (*File, error) {
	if len(data) > maxFile {
		return nil, workflow.FileError(name, []strictyaml.Problem{{Line: 1, Rule: "too_long",
			ZH: fmt.Sprintf("文件有 %d 字节，最多 %d", len(data), maxFile), EN: fmt.Sprintf("the file has %d bytes, at most %d are allowed", len(data), maxFile)}})
	}
	doc, ps := strictyaml.Parse(data)
	if ps != nil {
		return nil, workflow.FileError(name, ps)
	}
	var y campaignFile
	ps = doc.Decode(&y)
	if ps = append(y.unsettled(), ps...); ps != nil {
		return nil, workflow.FileError(name, ps)
	}
	f := &File{Import: y.imported(), name: name, doc: doc}
	if ps = y.reports(doc, &f.Import); ps != nil {
		return nil, workflow.FileError(name, ps)
	}
	if err := f.Locate(f.Check().Err()); err != nil {
		return nil, err
	}
	return f, nil
}

// Locate adds file and line to the fields of an error that speaks of paths in
// the file. nil stays nil, and so does every other error.
func (f *File) Locate(err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	located := *e
	located.Fields = nil
	for _, field := range e.Fields {
		field.Field = fmt.Sprintf("%s:%d: %s", f.name, f.doc.Line(field.Field), field.Field)
		located.Fields = append(located.Fields, field)
	}
	return &located
}

type campaignFile struct {
	Unread   []unreadEntry `yaml:"unread"`
	Campaign struct {
		Code       string        `yaml:"code,required"`
		Title      string        `yaml:"title,required"`
		Starts     calendar.Date `yaml:"starts,required"`
		Assessment struct {
			Version     int     `yaml:"version"`
			NearlyRatio *figure `yaml:"nearly_ratio"`
			PaceRatio   *figure `yaml:"pace_ratio"`
		} `yaml:"assessment"`
	} `yaml:"campaign,required"`
	Periods []struct {
		Code     string        `yaml:"code,required"`
		Label    string        `yaml:"label,required"`
		Cutoff   calendar.Date `yaml:"cutoff,required"`
		ReportBy calendar.Date `yaml:"report_by,required"`
	} `yaml:"periods,required"`
	Regions []struct {
		Code string `yaml:"code,required"`
		Name string `yaml:"name,required"`
	} `yaml:"regions,required"`
	Tasks   []taskEntry   `yaml:"tasks"`
	Reports []reportEntry `yaml:"reports"`
}

type taskEntry struct {
	Code        string         `yaml:"code,required"`
	Unread      []unreadEntry  `yaml:"unread"`
	Region      string         `yaml:"region,required"`
	Key         bool           `yaml:"key"`
	Subject     string         `yaml:"subject,required"`
	Requirement string         `yaml:"requirement,required"`
	Measures    []measureEntry `yaml:"measures,required"`
}

type measureEntry struct {
	Code string `yaml:"code,required"`
	Kind string `yaml:"kind,required"`
	Name string `yaml:"name"`
	Unit string `yaml:"unit"`
	Of   *struct {
		Count int64  `yaml:"count,required"`
		Unit  string `yaml:"unit,required"`
	} `yaml:"of"`
	Targets []struct {
		Due   calendar.Date `yaml:"due,required"`
		Value figure        `yaml:"value,required"`
	} `yaml:"targets"`
	Stages []struct {
		Code string        `yaml:"code,required"`
		Name string        `yaml:"name,required"`
		Due  calendar.Date `yaml:"due,required"`
	} `yaml:"stages"`
	Station         string  `yaml:"station"`
	Decimals        int32   `yaml:"decimals"`
	Target          *figure `yaml:"target"`
	Fallback        *figure `yaml:"fallback"`
	FallbackAssumed bool    `yaml:"fallback_assumed"`
}

type reportEntry struct {
	Task         string                    `yaml:"task,required"`
	Period       string                    `yaml:"period,required"`
	EvidenceDate calendar.Date             `yaml:"evidence_date,required"`
	Narrative    string                    `yaml:"narrative"`
	Values       map[string]strictyaml.Raw `yaml:"values"`
}

// The shapes of a value, by the kind of its measure.
type (
	cumulativeEntry struct {
		AtCutoff *figure       `yaml:"at_cutoff"`
		Latest   *figure       `yaml:"latest"`
		LatestOn calendar.Date `yaml:"latest_on"`
	}
	ceilingEntry struct {
		Value *figure `yaml:"value"`
	}
	stageEntry struct {
		DoneOn calendar.Date `yaml:"done_on"`
		Share  *figure       `yaml:"share"`
	}
	qualitativeEntry struct {
		Verdict string `yaml:"verdict"`
	}
)

// figure is a decimal as files give it.
type figure struct{ assess.Decimal }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *figure) UnmarshalText(text []byte) error {
	d, err := assess.ParseDecimal(string(text))
	f.Decimal = d
	return err
}

func (f *figure) decimal() *assess.Decimal {
	if f == nil {
		return nil
	}
	return &f.Decimal
}

func orDefault(f *figure) assess.Decimal {
	if f == nil {
		return assess.DefaultRatio
	}
	return f.Decimal
}

func (y campaignFile) imported() workflow.Import {
	c := y.Campaign
	in := workflow.Import{Campaign: workflow.Campaign{
		Code: c.Code, Title: strings.TrimSpace(c.Title), Starts: c.Starts,
		Params: assess.Params{Version: max(1, c.Assessment.Version), NearlyRatio: orDefault(c.Assessment.NearlyRatio), PaceRatio: orDefault(c.Assessment.PaceRatio)},
	}}
	for _, p := range y.Periods {
		in.Campaign.Periods = append(in.Campaign.Periods, workflow.Period{Code: p.Code, Label: p.Label, Cutoff: p.Cutoff, ReportBy: p.ReportBy})
	}
	for _, r := range y.Regions {
		in.Regions = append(in.Regions, workflow.Region{Code: r.Code, Name: r.Name})
	}
	for _, t := range y.Tasks {
		task := workflow.NewTask{
			Code: t.Code, Region: t.Region, Key: t.Key,
			Subject: strings.TrimSpace(t.Subject), Requirement: strings.TrimSpace(t.Requirement),
		}
		for _, m := range t.Measures {
			task.Measures = append(task.Measures, m.measure())
		}
		in.Tasks = append(in.Tasks, task)
	}
	return in
}

func (m measureEntry) measure() assess.Measure {
	out := assess.Measure{
		Code: m.Code, Kind: assess.Kind(m.Kind), Name: m.Name, Unit: m.Unit,
		Station: m.Station, Decimals: m.Decimals, FallbackAssumed: m.FallbackAssumed,
		Target: m.Target.decimal(), Fallback: m.Fallback.decimal(),
	}
	if m.Of != nil {
		out.Of = &assess.Count{Count: m.Of.Count, Unit: m.Of.Unit}
	}
	for _, t := range m.Targets {
		out.Targets = append(out.Targets, assess.Target{Due: t.Due, Value: t.Value.Decimal})
	}
	for _, s := range m.Stages {
		out.Stages = append(out.Stages, assess.Stage{Code: s.Code, Name: s.Name, Due: s.Due})
	}
	return out
}

// reports decodes the values of each report by the kinds of its task's measures.
func (y campaignFile) reports(doc *strictyaml.Document, in *workflow.Import) []strictyaml.Problem {
	kinds := map[string]map[string]assess.Kind{}
	for _, t := range in.Tasks {
		kinds[t.Code] = map[string]assess.Kind{}
		for _, m := range t.Measures {
			if _, twice := kinds[t.Code][m.Code]; !twice {
				kinds[t.Code][m.Code] = m.Kind
			}
		}
	}
	var ps []strictyaml.Problem
	for _, r := range y.Reports {
		report := workflow.ImportedReport{Task: r.Task, Period: r.Period, Input: workflow.Input{
			EvidenceDate: r.EvidenceDate, Narrative: strings.TrimSpace(r.Narrative), Values: assess.Values{},
		}}
		for code, raw := range r.Values {
			v, bad := readValue(doc, raw, kinds[r.Task][code])
			report.Input.Values[code] = v
			ps = append(ps, bad...)
		}
		in.Reports = append(in.Reports, report)
	}
	return ps
}

// readValue reads one value. Of an unknown measure nothing is read: Check names
// it.
func readValue(doc *strictyaml.Document, raw strictyaml.Raw, kind assess.Kind) (assess.Value, []strictyaml.Problem) {
	switch kind {
	case assess.Cumulative:
		var e cumulativeEntry
		ps := doc.DecodeRaw(raw, &e)
		return assess.Value{AtCutoff: e.AtCutoff.decimal(), Latest: e.Latest.decimal(), LatestOn: e.LatestOn}, ps
	case assess.Ceiling:
		var e ceilingEntry
		ps := doc.DecodeRaw(raw, &e)
		return assess.Value{Value: e.Value.decimal()}, ps
	case assess.Stages:
		var e map[string]stageEntry
		ps := doc.DecodeRaw(raw, &e)
		v := assess.Value{Stages: map[string]assess.StageValue{}}
		for code, s := range e {
			v.Stages[code] = assess.StageValue{DoneOn: s.DoneOn, Share: s.Share.decimal()}
		}
		return v, ps
	case assess.Qualitative:
		var e qualitativeEntry
		ps := doc.DecodeRaw(raw, &e)
		return assess.Value{Verdict: assess.Verdict(e.Verdict)}, ps
	default:
		return assess.Value{}, nil
	}
}
