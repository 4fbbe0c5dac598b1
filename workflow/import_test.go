package workflow_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/gormstore/dbtest"
)

func importFile() workflow.Import {
	c := campaign()
	c.Code = "imported"
	in := workflow.Import{
		Campaign: c, Regions: []workflow.Region{{Code: "440703", Name: "蓬江区"}, {Code: "440705", Name: "新会区"}},
		Tasks: []workflow.NewTask{newTask("A", "440703"), newTask("B", "440705")},
	}
	report := km(10)
	report.EvidenceDate = day("2023-07-01")
	in.Reports = []workflow.ImportedReport{{Task: "A", Period: "h1", Input: report}}
	return in
}

// TestImportTwiceChangesNothing, and what differs overwrites nothing.
func TestImportTwiceChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		n, err := w.Import(w.ctx(), by(operator), importFile())
		if err != nil || n != (workflow.Imported{Campaigns: 1, Regions: 1, Tasks: 2, Reports: 1}) {
			t.Fatalf("%+v, %v", n, err)
		}
		if n, err = w.Import(w.ctx(), by(operator), importFile()); err != nil || n != (workflow.Imported{}) {
			t.Fatalf("again: %+v, %v", n, err)
		}
		for name, change := range map[string]func(*workflow.Import){
			"title":       func(in *workflow.Import) { in.Campaign.Title = "改了" },
			"cutoff":      func(in *workflow.Import) { in.Campaign.Periods[0].Cutoff = day("2023-06-29") },
			"ratio":       func(in *workflow.Import) { in.Campaign.Params.NearlyRatio = decimal.New(6, -1) },
			"requirement": func(in *workflow.Import) { in.Tasks[0].Requirement = "改了" },
			"measure":     func(in *workflow.Import) { in.Tasks[1].Measures[0].Targets[0].Value = decimal.NewFromInt(11) },
			"region name": func(in *workflow.Import) { in.Regions[0].Name = "改了" },
			"report":      func(in *workflow.Import) { in.Reports[0].Input.Narrative = "改了" },
		} {
			in := importFile()
			in.Tasks = append(in.Tasks, newTask("NEW", "440703"))
			change(&in)
			_, err := w.Import(w.ctx(), by(operator), in)
			if e := kind(t, err, workflow.Conflict, ""); len(e.Fields) != 1 {
				t.Errorf("%s: fields %v", name, e.Fields)
			}
			page, err := w.Tasks(w.ctx(), auditor, workflow.TaskFilter{Campaign: "imported", Limit: 10})
			if err != nil || len(page.Tasks) != 2 {
				t.Errorf("%s: half of the file came in: %d tasks, %v", name, len(page.Tasks), err)
			}
		}
		more := importFile()
		more.Tasks = append(more.Tasks, newTask("C", "440706"))
		more.Regions = append(more.Regions, workflow.Region{Code: "440706", Name: "新区"})
		more.Campaign.Params = assess.Params{Version: 2, NearlyRatio: decimal.New(6, -1), PaceRatio: assess.DefaultRatio}
		if n, err = w.Import(w.ctx(), by(operator), more); err != nil || n != (workflow.Imported{Regions: 1, Tasks: 1}) {
			t.Fatalf("more: %+v, %v", n, err)
		}
		c, err := w.Campaign(w.ctx(), supervisor, "imported")
		if err != nil || c.Version != 2 || c.Params.Version != 2 || len(c.Regions) != 3 {
			t.Errorf("%+v, %v", c, err)
		}

		if _, err := w.CreateRegion(w.ctx(), by(operator), workflow.Region{Code: "440707", Name: "旧区"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.RetireRegion(w.ctx(), by(operator), "440707"); err != nil {
			t.Fatal(err)
		}
		more.Regions = append(more.Regions, workflow.Region{Code: "440707", Name: "旧区"})
		_, err = w.Import(w.ctx(), by(operator), more)
		kind(t, err, workflow.Conflict, "region.retired")
	})
}

// TestBadReportInFileIsNamed by its place in the file, and nothing comes in.
func TestBadReportInFileIsNamed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	in := importFile()
	delete(in.Reports[0].Input.Values, "km")
	_, err := w.Import(w.ctx(), by(operator), in)
	if e := kind(t, err, workflow.Invalid, ""); e.Fields[0].Field != "reports[0].values.km" {
		t.Errorf("fields %v", e.Fields)
	}
	_, err = w.Campaign(w.ctx(), supervisor, "imported")
	kind(t, err, workflow.NotFound, "")
	_, err = w.Import(w.ctx(), by(reviewer), importFile())
	kind(t, err, workflow.Forbidden, "")
}
