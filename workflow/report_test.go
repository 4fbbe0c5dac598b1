package workflow_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/gormstore/dbtest"
)

func figure(s string) *assess.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// mixed is a task with a measure of every kind; later has nothing due by the
// first cutoff.
func mixed() workflow.NewTask {
	n := newTask("MIX", "440703")
	n.Measures = append(n.Measures,
		assess.Measure{Code: "later", Kind: assess.Cumulative, Targets: []assess.Target{{Due: day("2023-12-10"), Value: decimal.NewFromInt(1)}}},
		assess.Measure{Code: "chain", Kind: assess.Stages, Stages: []assess.Stage{{Code: "plan", Name: "方案", Due: day("2023-06-30")}}},
		assess.Measure{Code: "level", Kind: assess.Ceiling, Target: figure("60"), Fallback: figure("100")},
	)
	return n
}

func mixedValues() assess.Values {
	return assess.Values{
		"km": {AtCutoff: figure("10")}, "word": {Verdict: assess.OnSchedule},
		"chain": {Stages: map[string]assess.StageValue{"plan": {DoneOn: day("2023-06-01")}}},
		"level": {Value: figure("59.5")},
	}
}

// TestBadReportIsRefused: every broken rule is named with its field in both
// languages, and nothing is written.
func TestBadReportIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task, err := w.Assign(w.ctx(), by(supervisor), campaignCode, mixed())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*workflow.Input)
		field  string
		rule   string
	}{
		"no narrative":              {func(in *workflow.Input) { in.Narrative = " \n" }, "narrative", "required"},
		"a narrative of a megabyte": {func(in *workflow.Input) { in.Narrative = strings.Repeat("进", 350_000) }, "narrative", "too_long"},
		"control characters":        {func(in *workflow.Input) { in.Narrative = "a\x00b" }, "narrative", "characters"},
		"no values":                 {func(in *workflow.Input) { in.Values = nil }, "values", "required"},
		"a due measure missing":     {func(in *workflow.Input) { delete(in.Values, "km") }, "values.km", "required"},
		"a due chain missing":       {func(in *workflow.Input) { delete(in.Values, "chain") }, "values.chain", "required"},
		"a value not due":           {func(in *workflow.Input) { in.Values["later"] = assess.Value{AtCutoff: figure("1")} }, "values.later", "not_due"},
		"an unknown measure":        {func(in *workflow.Input) { in.Values["kms"] = assess.Value{AtCutoff: figure("1")} }, "values.kms", "unknown"},
		"a field of another kind":   {func(in *workflow.Input) { in.Values["km"] = assess.Value{Value: figure("1")} }, "values.km.value", "not_for_kind"},
		"a negative figure":         {func(in *workflow.Input) { in.Values["level"] = assess.Value{Value: figure("-1")} }, "values.level.value", "range"},
		"a latest figure of no day": {func(in *workflow.Input) { in.Values["km"] = assess.Value{AtCutoff: figure("1"), Latest: figure("2")} }, "values.km.latest_on", "required"},
		"a fact after the evidence": {func(in *workflow.Input) {
			in.Values["km"] = assess.Value{AtCutoff: figure("1"), Latest: figure("2"), LatestOn: day("2023-07-06")}
		}, "values.km.latest_on", "order"},
		"a stage done in the future": {func(in *workflow.Input) {
			in.Values["chain"].Stages["plan"] = assess.StageValue{DoneOn: day("2023-08-01")}
		}, "values.chain.stages.plan.done_on", "order"},
		"an unknown stage": {func(in *workflow.Input) { in.Values["chain"].Stages["plans"] = assess.StageValue{Share: figure("0.1")} }, "values.chain.stages.plans", "unknown"},
		"done and a share": {func(in *workflow.Input) {
			in.Values["chain"].Stages["plan"] = assess.StageValue{DoneOn: day("2023-06-01"), Share: figure("0.1")}
		}, "values.chain.stages.plan", "one_of"},
		"evidence from tomorrow": {func(in *workflow.Input) { in.EvidenceDate = day("2023-07-06") }, "evidence_date", "order"},
		"an unknown word":        {func(in *workflow.Input) { in.Values["word"] = assess.Value{Verdict: "fine"} }, "values.word.verdict", "one_of"},
	} {
		t.Run(name, func(t *testing.T) {
			in := workflow.Input{Narrative: "进展。", Values: mixedValues()}
			c.change(&in)
			_, err := w.Report(w.ctx(), by(reporter), task.ID, in)
			e := kind(t, err, workflow.Invalid, "")
			for _, f := range e.Fields {
				if f.Field == c.field && f.Rule == c.rule && f.Text.ZH != "" && f.Text.EN != "" {
					return
				}
			}
			t.Errorf("no %s at %s in %v", c.rule, c.field, err)
		})
	}
	if n := w.events(task.ID); n != 1 {
		t.Errorf("%d events", n)
	}
	if _, err := w.Report(w.ctx(), by(reporter), task.ID, workflow.Input{Narrative: "进展。", Values: mixedValues()}); err != nil {
		t.Errorf("the same report without a slip: %v", err)
	}
}

// TestPreviewShowsTheVerdictWhileOneTypes: missing values are listed, not
// refused; a slip is refused; nothing is saved.
func TestPreviewShowsTheVerdictWhileOneTypes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task, err := w.Assign(w.ctx(), by(supervisor), campaignCode, mixed())
	if err != nil {
		t.Fatal(err)
	}
	preview := func(values assess.Values) (workflow.Previewed, error) {
		return w.Preview(w.ctx(), reporter, task.ID, workflow.Input{Values: values})
	}
	p, err := preview(nil)
	if err != nil || len(p.Incomplete) != 3 || p.Assessment.Verdict != assess.OnSchedule {
		t.Errorf("nothing filled in: %+v, %v", p, err)
	}
	p, err = preview(assess.Values{"level": {Value: figure("80")}})
	if err != nil || len(p.Incomplete) != 2 || p.Assessment.Verdict != assess.Nearly {
		t.Errorf("one filled in: %+v, %v", p, err)
	}
	p, err = preview(mixedValues())
	if err != nil || len(p.Incomplete) != 0 || p.Assessment.Verdict != assess.OnSchedule {
		t.Errorf("all filled in: %+v, %v", p, err)
	}
	_, err = preview(assess.Values{"level": {Value: figure("-80")}})
	kind(t, err, workflow.Invalid, "")
	_, err = w.Preview(w.ctx(), stranger, task.ID, workflow.Input{})
	kind(t, err, workflow.NotFound, "")
	if n := w.events(task.ID); n != 1 {
		t.Errorf("%d events", n)
	}
}

// TestReviewerMayOverrideWithAReason: both verdicts are kept.
func TestReviewerMayOverrideWithAReason(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.in("reported") // 6 of 10: behind
	_, err := w.Approve(w.ctx(), by(reviewer), task.ID, workflow.Input{Verdict: assess.Nearly})
	if e := kind(t, err, workflow.Invalid, ""); e.Fields[0].Field != "reason" {
		t.Errorf("fields: %v", e.Fields)
	}
	out, err := w.Approve(w.ctx(), by(reviewer), task.ID, workflow.Input{Verdict: assess.Nearly, Reason: "台风停工"})
	if err != nil {
		t.Fatal(err)
	}
	if out.Review.Verdict != assess.Nearly || out.Review.Assessment.Verdict != assess.Behind || out.Review.Reason != "台风停工" || out.Task.Verdict != assess.Nearly {
		t.Errorf("review %+v", out.Review)
	}
}

// TestReviewersWordOnQualitativeMeasures: the word changes the computed verdict.
func TestReviewersWordOnQualitativeMeasures(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	task := w.assign()
	if _, err := w.Report(w.ctx(), by(reporter), task.ID, km(10)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Approve(w.ctx(), by(reviewer), task.ID, workflow.Input{Words: map[string]assess.Verdict{"km": assess.Nearly}})
	kind(t, err, workflow.Invalid, "")
	out, err := w.Approve(w.ctx(), by(reviewer), task.ID, workflow.Input{Words: map[string]assess.Verdict{"word": assess.Nearly}})
	if err != nil || out.Task.Verdict != assess.Nearly {
		t.Errorf("%+v, %v", out.Task, err)
	}
}
