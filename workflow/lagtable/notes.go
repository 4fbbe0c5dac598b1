package lagtable

import (
	"fmt"
	"strings"

	"duban/workflow"
)

// Notes are the lines between the title and the table: which edition it is, and
// whose knowledge it shows.
func (t Table) Notes() []string {
	notes := []string{t.Mark()}
	if known := t.KnownBy(); known != "" {
		notes = append(notes, "截至 "+known+" 已知情况")
	}
	return []string{strings.Join(notes, "　")}
}

// Mark says which edition the table is: "第1期", or "预览稿" for one that was not
// issued.
func (t Table) Mark() string {
	if t.Issue == nil {
		return "预览稿"
	}
	return fmt.Sprintf("第%d期", t.Issue.Number)
}

// Foot is the line at the foot of every page: by it the paper is found again in
// the records.
func (t Table) Foot() string {
	parts := []string{t.Mark()}
	if known := t.KnownBy(); known != "" {
		parts = append(parts, "截至 "+known+" 已知情况")
	}
	if t.Signed != nil {
		parts = append(parts, "审计检查点 "+t.Signed.Short()+"，签于 "+t.SignedAt())
	}
	return strings.Join(parts, "　")
}

// mostNamed is how many tasks a note names before it only counts the rest.
const mostNamed = 20

// After are the lines after the table: on a preview the tasks that it cannot speak
// of.
func (t Table) After() []string {
	if t.Issue != nil || len(t.Gaps) == 0 {
		return nil
	}
	var named []string
	for _, g := range t.Gaps[:min(len(t.Gaps), mostNamed)] {
		named = append(named, g.Region+g.TaskCode+"（"+workflow.GapLabel(g.Reason).ZH+"）")
	}
	rest := ""
	if more := len(t.Gaps) - len(named); more > 0 {
		rest = fmt.Sprintf("等，另有 %d 项", more)
	}
	return []string{fmt.Sprintf("尚无最终评定的任务 %d 项：%s%s。", len(t.Gaps), strings.Join(named, "、"), rest)}
}
