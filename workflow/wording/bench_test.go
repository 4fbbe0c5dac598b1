package wording_test

import (
	"testing"

	"duban/workflow/wording"
)

// BenchmarkReadNarrative: what the sentence of a usual report costs before the report is
// checked.
func BenchmarkReadNarrative(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		wording.ReadNarrative("已完成10公里，其余正在施工，预计按期完成。", 2026)
	}
}
