package lagtable

import (
	"slices"

	"duban/workflow"
)

// Freeze lays a lag table out as it is issued.
func Freeze(d workflow.LagData) workflow.FrozenTable {
	t := Build(d)
	frozen := workflow.FrozenTable{Title: t.Title, Header: t.Header, Rows: make([]workflow.FrozenRow, len(t.Rows))}
	for i, r := range t.Rows {
		frozen.Rows[i] = workflow.FrozenRow{
			N: r.N, TaskID: r.TaskID, Code: r.TaskCode, RegionCode: r.RegionCode, Region: r.Region,
			Task: kept(r.Task), Requirement: kept(r.Requirement), Progress: kept(r.Progress), ReportID: r.ReportID, EditID: r.EditID,
		}
	}
	return frozen
}

// kept makes no lines an empty list, as it is read back.
func kept(lines []string) []string { return append([]string{}, lines...) }

// Reissued is an issued table as it is printed: from what was frozen, and nothing
// else.
func Reissued(issued workflow.IssuedTable) Table {
	e := issued.Edition
	t := Table{Title: issued.Table.Title, Header: slices.Clone(issued.Table.Header), Rows: []Row{}, AsOf: e.Known(), Signed: e.Signed, Issue: &e}
	for _, r := range issued.Table.Rows {
		t.Rows = append(t.Rows, Row{
			N: r.N, Region: r.Region, TaskID: r.TaskID, TaskCode: r.Code, RegionCode: r.RegionCode,
			Task: r.Task, Requirement: r.Requirement, Progress: r.Progress, ReportID: r.ReportID, EditID: r.EditID,
		})
	}
	t.merge()
	return t
}
