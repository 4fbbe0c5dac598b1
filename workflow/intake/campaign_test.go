package intake_test

import (
	"os"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/intake"
)

func example(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/examples/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestExampleIsAssessed: the example of the documentation is read and gives the
// verdicts that its figures deserve.
func TestExampleIsAssessed(t *testing.T) {
	f, err := intake.ReadCampaign("campaign.yaml", []byte(example(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]assess.Verdict{"dredging": assess.Nearly, "outfalls": assess.Lagging, "plan": assess.Behind, "quality": assess.Nearly}
	for _, task := range f.Tasks {
		if a, ok := f.Assess(task, "q2"); !ok || a.Verdict != want[task.Code] {
			t.Errorf("%s: %s, want %s", task.Code, a.Verdict, want[task.Code])
		}
		if _, ok := f.Assess(task, "q4"); ok {
			t.Errorf("%s is assessed for a period without a report", task.Code)
		}
	}
}

// TestBadCampaignIsRefused: each slip is refused naming file, line, field and
// rule.
func TestBadCampaignIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, field, rule string }{
		"unknown key":                   {"    key: true\n", "    keey: true\n", "tasks[0].keey", "unknown_key"},
		"task code twice":               {"- code: outfalls\n    region", "- code: dredging\n    region", "tasks[1].code", "duplicate"},
		"measure code twice":            {"{code: patrol,", "{code: phosphorus,", "tasks[3].measures[1].code", "duplicate"},
		"region code twice":             {`{code: "330105", name: 拱墅区}`, `{code: "330102", name: 拱墅区}`, "regions[1].code", "duplicate"},
		"period code twice":             {"{code: q4,", "{code: q2,", "periods[1].code", "duplicate"},
		"due before the start":          {"{due: 2024-06-30, value: \"5\"}", "{due: 2023-06-30, value: \"5\"}", "tasks[0].measures[0].targets[0].due", "order"},
		"two targets on one day":        {"{due: 2024-06-30, value: \"5\"}", "{due: 2024-12-10, value: \"5\"}", "tasks[0].measures[0].targets[1].due", "duplicate"},
		"no targets":                    {"targets: [{due: 2024-12-10, value: \"100\"}]", "targets: []", "tasks[1].measures[0].targets", "required"},
		"no ceiling":                    {"target: \"0.05\", ", "", "tasks[3].measures[0].target", "required"},
		"no stages":                     {"stages: [{code: survey, name: 调查, due: 2024-03-31}, {code: draft, name: 初稿, due: 2024-06-30}]", "stages: []", "tasks[2].measures[0].stages", "required"},
		"value for an unknown measure":  {"      volume: {at", "      volumes: {at", "reports[0].values.volumes", "unknown"},
		"value for an unknown stage":    {"survey: {done_on", "surveys: {done_on", "reports[2].values.chain.stages.surveys", "unknown"},
		"value of another kind":         {"phosphorus: {value", "phosphorus: {at_cutoff", "reports[3].values.phosphorus.at_cutoff", "unknown_key"},
		"figure that is none":           {`phosphorus: {value: "0.055"}`, `phosphorus: {value: "low"}`, "reports[3].values.phosphorus.value", "form"},
		"31 February":                   {"done_on: 2024-03-20", "done_on: 2024-02-31", "reports[2].values.chain.survey.done_on", "form"},
		"region that is not listed":     {"code: quality\n    region: \"330105\"", "code: quality\n    region: \"330106\"", "tasks[3].region", "unknown"},
		"report on an unknown task":     {"- task: plan", "- task: plans", "reports[2].task", "unknown"},
		"report for an unknown period":  {"- task: plan\n    period: q2", "- task: plan\n    period: q3", "reports[2].period", "unknown"},
		"two reports":                   {"- task: outfalls", "- task: dredging", "reports[1]", "duplicate"},
		"unknown kind":                  {"kind: qualitative", "kind: quality", "tasks[3].measures[1].kind", "one_of"},
		"ratio above one":               {`nearly_ratio: "0.70"`, `nearly_ratio: "1.70"`, "campaign.assessment.nearly_ratio", "range"},
		"share of a stage that is done": {`share: "0.4"`, `share: "1"`, "reports[2].values.chain.stages.draft.share", "range"},
		"more than the whole":           {`outfalls: {at_cutoff: "8"}`, `outfalls: {at_cutoff: "31"}`, "reports[1].values.outfalls.at_cutoff", "range"},
		"part of a unit":                {`outfalls: {at_cutoff: "8"}`, `outfalls: {at_cutoff: "8.5"}`, "reports[1].values.outfalls.at_cutoff", "whole"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(example(t), c.old, c.new, 1)
			if text == example(t) {
				t.Fatalf("the example no longer has %q", c.old)
			}
			_, err := intake.ReadCampaign("campaign.yaml", []byte(text))
			e := workflow.AsError(err)
			if err == nil || e.Kind != workflow.Invalid {
				t.Fatalf("got %v", err)
			}
			for _, f := range e.Fields {
				place, field, _ := strings.Cut(f.Field, ": ")
				if field == c.field && f.Rule == c.rule && strings.HasPrefix(place, "campaign.yaml:") {
					return
				}
			}
			t.Errorf("no %s at %s in %v", c.rule, c.field, err)
		})
	}
}

// TestMissingFigureIsNamed: a report cannot be assessed without a figure that is
// due; figures that are not due, or not known yet, do no harm.
func TestMissingFigureIsNamed(t *testing.T) {
	text := strings.Replace(example(t), `volume: {at_cutoff: "4.9", latest: "5.1", latest_on: 2024-07-05}`, "{}", 1)
	f, err := intake.ReadCampaign("campaign.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	err = f.Locate(f.CheckAssessable("q2").Err())
	if err == nil || !strings.Contains(err.Error(), ": reports[0].values.volume: a value is required") {
		t.Errorf("got %v", err)
	}
	text = strings.Replace(example(t), "latest_on: 2024-07-05", "latest_on: 2024-07-09", 1)
	if f, err = intake.ReadCampaign("campaign.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if a, _ := f.Assess(f.Tasks[0], "q2"); a.Measures[0].Rule != assess.RuleRatio || a.Measures[0].Actual != "4.9" {
		t.Errorf("a figure from after the evidence date counts: %+v", a.Measures[0])
	}
}

// FuzzReadCampaign: no input crashes the reader, and what it accepts can be
// assessed for every period unless a missing figure is named.
func FuzzReadCampaign(f *testing.F) {
	f.Add([]byte(example(f)))
	f.Add([]byte("campaign: {code: a}\nperiods: []\n"))
	f.Add([]byte("tasks: [{measures: [{stages: [{due: 2024-01-01}]}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := intake.ReadCampaign("fuzz.yaml", data)
		if err != nil {
			if e := workflow.AsError(err); e.Kind != workflow.Invalid || len(e.Fields) == 0 {
				t.Fatalf("refused without naming a field: %v", err)
			}
			return
		}
		for _, p := range file.Campaign.Periods {
			if file.CheckAssessable(p.Code) != nil {
				continue
			}
			for _, task := range file.Tasks {
				if a, ok := file.Assess(task, p.Code); ok && !a.Verdict.Valid() {
					t.Fatalf("%s: verdict %q", task.Code, a.Verdict)
				}
			}
		}
	})
}
