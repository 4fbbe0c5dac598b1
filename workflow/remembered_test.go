package workflow_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/gormstore/dbtest"
)

// lenient is importFile with a campaign for which six tenths are nearly enough.
func lenient(version int) workflow.Import {
	in := importFile()
	in.Campaign.Params = assess.Params{Version: version, NearlyRatio: decimal.New(6, -1), PaceRatio: assess.DefaultRatio}
	return in
}

// verdictOf reports six of the ten kilometres of task B.
func (w *world) verdictOf(campaign string) assess.Verdict {
	w.t.Helper()
	page, err := w.Tasks(w.ctx(), auditor, workflow.TaskFilter{Campaign: campaign, Text: "任务B", Limit: 1})
	if err != nil || len(page.Tasks) != 1 {
		w.t.Fatalf("%+v, %v", page, err)
	}
	out, err := w.Report(w.ctx(), by(operator), page.Tasks[0].ID, km(6))
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Report.Assessment.Verdict
}

// TestAnEventGoesByTheCampaignAsItIs, not as it was when it was last looked at.
func TestAnEventGoesByTheCampaignAsItIs(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, in := range []workflow.Import{importFile(), lenient(2)} { // with a report each look
		if _, err := w.Import(w.ctx(), by(operator), in); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.verdictOf("imported"); v != assess.Nearly {
		t.Errorf("by the parameters in force the verdict is nearly, not %s", v)
	}
}

// TestAnEventDoesNotGoByACampaignThatWasRolledBack: of a file that was refused
// nothing is left, also not in memory.
func TestAnEventDoesNotGoByACampaignThatWasRolledBack(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	refused := importFile()
	refused.Reports = append(refused.Reports, workflow.ImportedReport{Task: "B", Period: "h1", Input: workflow.Input{Narrative: "进展。"}})
	_, err := w.Import(w.ctx(), by(operator), refused)
	kind(t, err, workflow.Invalid, "")
	if _, err := w.Import(w.ctx(), by(operator), lenient(1)); err != nil {
		t.Fatal(err)
	}
	if v := w.verdictOf("imported"); v != assess.Nearly {
		t.Errorf("by the parameters in force the verdict is nearly, not %s", v)
	}
}
