package storetest

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/audit"
)

func sampleEdition(number int) workflow.Edition {
	return workflow.Edition{
		ID: id(700 + number), Campaign: "jm-2023", Period: "2023-h1", Number: number, Title: "进度滞后情况表（1-6月）", Header: []string{"区域", "主要任务"},
		Rows: 2, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte{byte(number)})), AsOf: "2023-08-31",
		Gaps:     []workflow.EditionGap{{TaskID: id(2), Code: "t-2", Region: "440703", Reason: workflow.GapUnreported}},
		Signed:   &audit.Checkpoint{Origin: "duban/test", Size: 1234, Root: sha256.Sum256([]byte("root")), Time: noon},
		IssuedBy: id(3), IssuedAt: noon,
	}
}

func sampleRow(n int) workflow.FrozenRow {
	return workflow.FrozenRow{
		N: n, TaskID: id(n), Code: fmt.Sprintf("t-%d", n), RegionCode: "440703", Region: "蓬江区", Task: []string{"𠮷野 <b>&\\ '\"", "第二行"},
		Requirement: []string{"2023年6月底前，完成10%。"}, Progress: []string{"【重点考核】未按进度完成。", "\u2028"}, ReportID: id(101), EditID: id(801),
	}
}

func sampleEdit(reportID string, n int) workflow.NarrativeEdit {
	return workflow.NarrativeEdit{
		ID: id(800 + n), Campaign: "jm-2023", Period: "2023-h1", TaskID: id(1), ReportID: reportID, Original: "相关加油站正在安装。\n第二行",
		Text: "正在安装。", Reason: "精简", Editor: id(3), At: after(time.Duration(n) * time.Microsecond),
	}
}

func testEditions(t *testing.T, setup setup) {
	of := func(campaign, period string) func(workflow.Reader) ([]workflow.Edition, error) {
		return func(r workflow.Reader) ([]workflow.Edition, error) { return r.Editions(campaign, period) }
	}
	rowsOf := func(id string) func(workflow.Reader) ([]workflow.FrozenRow, error) {
		return func(r workflow.Reader) ([]workflow.FrozenRow, error) { return r.EditionRows(id) }
	}

	t.Run("come back with every field and row, by number", func(t *testing.T) {
		b := setup(t)
		b.seed()
		first, second := sampleEdition(1), sampleEdition(2)
		everyFieldSet(t, first)
		everyFieldSet(t, sampleRow(1))
		second.Gaps, second.Signed, second.AsOf = nil, nil, ""
		rows := []workflow.FrozenRow{sampleRow(1), sampleRow(2)}
		b.update(func(tx workflow.Tx) error { return tx.InsertEdition(second, nil) })
		b.update(func(tx workflow.Tx) error { return tx.InsertEdition(first, rows) })
		same(t, read(b, of("jm-2023", "2023-h1")), []workflow.Edition{first, second})
		same(t, read(b, rowsOf(first.ID)), rows)
		for _, stranger := range append(strangers, "2023-9m") {
			same(t, len(read(b, of("jm-2023", stranger)))+len(read(b, of(stranger, "2023-h1")))+len(read(b, rowsOf(stranger))), 0)
		}
	})

	t.Run("have each number once in a period", func(t *testing.T) {
		b := setup(t)
		b.seed()
		b.update(func(tx workflow.Tx) error { return tx.InsertEdition(sampleEdition(1), nil) })
		again, elsewhere := sampleEdition(1), sampleEdition(1)
		again.ID, elsewhere.ID, elsewhere.Period = id(791), id(792), "2023-9m"
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertEdition(again, nil) })
		b.update(func(tx workflow.Tx) error { return tx.InsertEdition(elsewhere, nil) })
	})

	t.Run("have thousands of long rows", func(t *testing.T) {
		b := setup(t)
		b.seed()
		var rows []workflow.FrozenRow
		for n := range 1_200 {
			r := sampleRow(n + 1)
			for range 40 {
				r.Requirement = append(r.Requirement, "（1）2023年6月底前，完成10%加油站油气回收自动监控设施安装工作。")
			}
			rows = append(rows, r)
		}
		b.update(func(tx workflow.Tx) error { return tx.InsertEdition(sampleEdition(1), rows) })
		same(t, read(b, rowsOf(sampleEdition(1).ID)), rows)
	})
}

func testNarrativeEdits(t *testing.T, setup setup) {
	t.Run("come back with every field, by time", func(t *testing.T) {
		b := setup(t)
		report := sampleReport(b.seedTask().ID, 1)
		first, second := sampleEdit(report.ID, 1), sampleEdit(report.ID, 2)
		everyFieldSet(t, first)
		b.update(func(tx workflow.Tx) error { return tx.InsertReport(report) })
		b.update(func(tx workflow.Tx) error { return tx.InsertNarrativeEdit(second) })
		b.update(func(tx workflow.Tx) error { return tx.InsertNarrativeEdit(first) })
		in := func(campaign, period string) func(workflow.Reader) ([]workflow.NarrativeEdit, error) {
			return func(r workflow.Reader) ([]workflow.NarrativeEdit, error) { return r.NarrativeEdits(campaign, period) }
		}
		same(t, read(b, in("jm-2023", "2023-h1")), []workflow.NarrativeEdit{first, second})
		for _, stranger := range append(strangers, "2023-9m") {
			same(t, len(read(b, in("jm-2023", stranger)))+len(read(b, in(stranger, "2023-h1"))), 0)
		}
		b.refused(workflow.ErrDuplicate, func(tx workflow.Tx) error { return tx.InsertNarrativeEdit(first) })
	})
}
