package lagtable_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/lagtable"
)

func data(entries ...workflow.LagEntry) workflow.LagData {
	return workflow.LagData{
		Campaign: workflow.Campaign{Title: "工作任务"}, Period: workflow.Period{Label: "1-6月"},
		Regions: []workflow.Region{{Code: "440703", Name: "蓬江区"}}, Entries: entries,
	}
}

func task(subject string) workflow.Task {
	return workflow.Task{Region: "440703", Subject: subject, Requirement: "按期完成。", Measures: []assess.Measure{{Code: "m", Kind: assess.Qualitative}}}
}

// TestForeignTextStaysText: what people typed is neither markup nor a formula.
func TestForeignTextStaysText(t *testing.T) {
	hostile := `=HYPERLINK("http://x","y")<script>alert(1)</script>`
	table := lagtable.Build(data(workflow.LagEntry{
		Task: task(hostile), Review: workflow.Review{Verdict: assess.Behind}, Report: &workflow.Report{Narrative: hostile},
	}))
	var page, sheet strings.Builder
	if err := table.HTML(&page); err != nil {
		t.Fatal(err)
	}
	if err := table.CSV(&sheet); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>") {
		t.Error("the page runs what people typed")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet.String(), "\ufeff"))).ReadAll()
	if err != nil || rows[1][1] != "'"+hostile {
		t.Errorf("the cell is %q, %v", rows[1][1], err)
	}
}

// TestWhoIsListed: whoever is not fully on schedule by the final verdict or by
// any measure; a task flagged without a report says so.
func TestWhoIsListed(t *testing.T) {
	assessed := func(v assess.Verdict) *assess.Assessment {
		return &assess.Assessment{Verdict: v, Measures: []assess.Judged{{Code: "m", Verdict: v}}}
	}
	report := &workflow.Report{Narrative: "进展。"}
	table := lagtable.Build(data(
		workflow.LagEntry{Task: task("按期"), Review: workflow.Review{Verdict: assess.OnSchedule, Assessment: assessed(assess.OnSchedule)}, Report: report},
		workflow.LagEntry{Task: task("审核改为滞后"), Review: workflow.Review{Verdict: assess.Nearly, Assessment: assessed(assess.OnSchedule)}, Report: report},
		workflow.LagEntry{Task: task("审核改为按期"), Review: workflow.Review{Verdict: assess.OnSchedule, Assessment: assessed(assess.Nearly)}, Report: report},
		workflow.LagEntry{Task: task("未报"), Review: workflow.Review{Verdict: assess.Behind, Reason: "两次催报未果。"}},
	))
	var got []string
	for _, r := range table.Rows {
		got = append(got, r.Task[0]+"："+strings.Join(r.Progress, ""))
	}
	want := "审核改为滞后：基本按进度完成。进展。|审核改为按期：按进度完成。进展。|未报：未按进度完成。逾期未报。两次催报未果。"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
}
