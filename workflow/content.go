package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/workflow/assess"
)

// Digest is the SHA-256, in hexadecimal digits, of the report's content, as JSON:
// everything that it says but its id, when it came, and what the program makes of it,
// the assessment, the warnings and the status. It is the same for a report as it was submitted and
// as it is read back, and another one when a figure, a word, a file, the author or
// the number is another. A field that is added to Report is a part of it.
func (r Report) Digest() string {
	id := r.ID
	r.ID, r.SubmittedAt, r.Assessment, r.Warnings, r.Status = "", time.Time{}, assess.Assessment{}, nil, ""
	b, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("workflow: the content of report %s as JSON: %v", id, err)) // it holds nothing that JSON cannot
	}
	return digest(string(b))
}

// digest is the SHA-256 of a text in hexadecimal digits.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Seen is the report that a reviewer says to have before the eyes: by number, by
// digest, or both. The zero value says nothing.
type Seen struct {
	Number int
	Digest string
}

// Given reports whether it says anything.
func (s Seen) Given() bool { return s != Seen{} }

// checkSeen refuses a review of another report than the one that was seen: what is
// accepted is what was read, also when a new report came in between.
func (m *motion) checkSeen() error {
	seen := m.in.Seen
	if !seen.Given() {
		return m.checkNamed()
	}
	if m.report == nil {
		return m.lost(Conflict, "report.other", "任务没有您所看到的那份报告", "The task has no such report as you saw")
	}
	if seen.Number != 0 && seen.Number != m.report.Number || seen.Digest != "" && seen.Digest != m.report.Digest() {
		return m.lost(Conflict, "report.other",
			fmt.Sprintf("待审核的是第 %d 份报告，与您所看到的不是同一份", m.report.Number),
			fmt.Sprintf("Report %d waits for review, which is not the one you saw", m.report.Number))
	}
	return nil
}

// checkNamed refuses an approval that does not say what it is for.
func (m *motion) checkNamed() error {
	var p Problems
	if m.call.NamesReport && m.call.IfVersion == 0 && m.report != nil && slices.Contains(accepting, m.event) {
		p.Add("report_number", RuleRequired, "须写明所审核的是第几份报告（report_number 或 report_digest），或用 If-Match 写明任务版本",
			"say which report is meant (report_number or report_digest), or the version of the task (If-Match)")
	}
	return p.Err()
}

// accepting are the events that accept a report as it is.
var accepting = []EventName{EventApprove, EventConfirm}
