package wording_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/intake"
	"duban/workflow/wording"
)

var lineFigure = regexp.MustCompile(`([0-9.]+)%的警戒线`)

// TestTheRealTable: the measures, targets and dates of the 25 rows of the lag table
// of the first half of 2023 are those of the campaign that was made of them by
// hand. Compared are kind, unit, the whole of a share, every target and date, every
// stage's date, station and pollutant; not the words of a name.
func TestTheRealTable(t *testing.T) {
	data, err := os.ReadFile("../../configs/demo/campaign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := intake.ReadCampaign("campaign.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Rows []struct{ Task, Requirement, Progress []string }
	}
	data, err = os.ReadFile("../intake/testdata/lag-table-2023-h1.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for _, row := range table.Rows {
		subject, requirement := strings.Join(row.Task, "\n"), strings.Join(row.Requirement, "\n")
		i := slices.IndexFunc(f.Tasks, func(task workflow.NewTask) bool { return task.Subject == subject && task.Requirement == requirement })
		if i < 0 {
			t.Fatalf("no task %s", subject)
		}
		c := wording.Context{Year: 2023}
		if m := lineFigure.FindStringSubmatch(strings.Join(row.Progress, "")); m != nil {
			c.Line = m[1]
		}
		got := wording.ReadTask(subject, requirement, c)
		pieces := piecesOf(measuresOf(got))
		for _, want := range piecesOf(f.Tasks[i].Measures) {
			all++
			at := slices.Index(pieces, want)
			if at < 0 {
				t.Logf("%s: missing %s", f.Tasks[i].Code, want)
				continue
			}
			pieces = slices.Delete(pieces, at, at+1)
			right++
		}
		for _, more := range pieces {
			all++
			t.Logf("%s: not wanted %s", f.Tasks[i].Code, more)
		}
	}
	t.Logf("%d of %d measures, targets and dates are right", right, all)
	if right*100 < all*95 {
		t.Errorf("less than 95 %%: %d of %d", right, all)
	}
}

func measuresOf(r wording.Reading) []assess.Measure {
	var list []assess.Measure
	for _, m := range r.Measures {
		list = append(list, m.Measure)
	}
	return list
}

// piecesOf are the measures, each with each of its targets and dates.
func piecesOf(list []assess.Measure) []string {
	var pieces []string
	for _, m := range list {
		id := string(m.Kind) + " " + m.Unit
		if m.Of != nil {
			id += " of " + assess.Whole(m.Of.Count).String() + m.Of.Unit
		}
		if m.Kind == assess.Ceiling {
			id += " " + strings.Replace(m.Station, "新会区", "新会", 1)
			if m.Station != "" {
				id += " " + m.Name
			}
			if m.Target != nil {
				id += " <=" + m.Target.String()
			}
		}
		pieces = append(pieces, id)
		for _, t := range m.Targets {
			pieces = append(pieces, id+" target "+t.Due.String()+"="+t.Value.String())
		}
		for _, s := range m.Stages {
			pieces = append(pieces, id+" stage "+s.Due.String())
		}
	}
	return pieces
}
