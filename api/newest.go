package api

import (
	"time"

	"duban/workflow"
)

// newestOut is as much of a report as a queue of reviews shows of it, and what an
// approval names it by.
type newestOut struct {
	Number      int         `json:"number"`
	Digest      string      `json:"digest" doc:"审核时给出 / To be given with a review"`
	Status      string      `json:"status" enum:"waiting,withdrawn,returned,rejected,accepted"`
	Verdict     verdictText `json:"verdict" doc:"系统计算的评定 / The computed verdict"`
	Warnings    int         `json:"warnings" doc:"叙述与数字不一致之处的个数 / How many things do not go together"`
	Evidence    int         `json:"evidence" doc:"证据文件数 / Evidence files"`
	Rectifies   bool        `json:"rectifies" doc:"整改报告 / It is a rectification report"`
	SubmittedAt time.Time   `json:"submitted_at"`
}

func newestOf(r workflow.Report) newestOut {
	return newestOut{
		Number: r.Number, Digest: r.Digest(), Status: string(r.Status), Verdict: verdictText(r.Assessment.Verdict), Warnings: len(r.Warnings),
		Evidence: len(r.Evidence), Rectifies: r.FlagID != "", SubmittedAt: r.SubmittedAt.UTC(),
	}
}
