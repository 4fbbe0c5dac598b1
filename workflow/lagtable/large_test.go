package lagtable_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/lagtable"
)

// largeTable has a thousand tasks in each of seven regions, with texts as long as
// those of the real table.
func largeTable() lagtable.Table {
	d := data()
	d.Regions = nil
	for region := range 7 {
		code := fmt.Sprint(440701 + region)
		d.Regions = append(d.Regions, workflow.Region{Code: code, Name: "第" + code + "区"})
		for n := range 1_000 {
			t := task(fmt.Sprintf("任务%d：%s", n, strings.Repeat("加强各级环境保护专项资金管理。", 3)))
			t.Region, t.Requirement = code, strings.Repeat("（1）2023年6月底前，2022年度各级环保专项资金执行率达到100%。\n", 4)
			d.Entries = append(d.Entries, workflow.LagEntry{
				Task: t, Review: workflow.Review{Verdict: "behind"}, Report: &workflow.Report{Narrative: strings.Repeat("2022年度各级环保专项资金执行率42.8%。", 5)},
			})
		}
	}
	return lagtable.Build(d)
}

// BenchmarkLargeTable: 7 regions with 1,000 tasks each, in every format.
func BenchmarkLargeTable(b *testing.B) {
	table := largeTable()
	for _, f := range lagtable.Formats {
		b.Run(f.Name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if err := f.Write(table, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapSys)/(1<<20), "heap-MB")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "allocated-MB/op")
		})
	}
}

// TestALargeTableIsWrittenWhole in every format.
func TestALargeTableIsWrittenWhole(t *testing.T) {
	table := largeTable()
	word := readWord(t, written(t, table.DOCX))
	if n := len(word.tables[0]); n != 7_001 || len(written(t, table.XLSX)) == 0 {
		t.Errorf("%d rows", n)
	}
}
