package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"duban/workflow/intake"
)

// summary prints what was read from a table: a line for each row, and what a
// person has to settle.
func (p *program) summary(to io.Writer, proposal *intake.Proposal) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, p.text("行\t任务\t重点\t指标\t目标/期限\t待定\t评定", "row\ttask\tkey\tmeasures\ttargets\tto settle\tverdict"))
	for _, t := range proposal.Tasks {
		key := ""
		if t.Row.Key {
			key = "*"
		}
		one := intake.Proposal{Tasks: []intake.Proposed{t}}
		c := one.Counts()
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%s\n", t.Row.N, t.Code, key, c.Measures, c.Targets, c.Marks, t.Row.Verdict)
	}
	_ = w.Flush() // what cannot be shown is not lost: the file has it
	for _, m := range proposal.Marks {
		fmt.Fprintf(to, p.text("待定：%s\n", "to settle: %s\n"), p.text(m.ZH, m.EN))
	}
	for _, t := range proposal.Tasks {
		for _, m := range t.Marks {
			fmt.Fprintf(to, p.text("待定（第 %d 行）：%s\n", "to settle (row %d): %s\n"), t.Row.N, p.text(m.ZH, m.EN))
		}
	}
	c := proposal.Counts()
	fmt.Fprintf(to, p.text("%d 行，%d 项指标，%d 个目标或期限，%d 处待定\n", "%d rows, %d measures, %d targets or dates, %d places to settle\n"), c.Rows, c.Measures, c.Targets, c.Marks)
}
