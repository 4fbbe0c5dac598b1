package apitest

import (
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestAnApprovalIsForTheReportThatWasRead: the request names it, another one that
// came in between is a conflict, and the review says what it was given for.
func TestAnApprovalIsForTheReportThatWasRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task := "/api/v1/tasks/{440703-01}/"
		first := w.ok("pengjiang", task+"report", reportStations).at("report.digest").(string)
		w.ok("pengjiang", task+"withdraw", "")
		report := w.ok("pengjiang", task+"report", strings.Replace(reportStations, `"narrative":"`, `"narrative":"更正：`, 1))
		digest := report.at("report.digest").(string)
		if digest == first || len(digest) != 64 {
			t.Fatalf("digests are %s and %s", first, digest)
		}
		w.play(t, []scenario{
			{name: "no report named", who: "reviewer", method: "POST", path: task + "approve", status: 422, code: "invalid", fields: []string{"report_number:required"}},
			{name: "any version is none", who: "reviewer", method: "POST", path: task + "approve", headers: []string{"If-Match", "*"}, status: 422, code: "invalid", fields: []string{"report_number:required"}},
			{name: "the one before", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":1}`, status: 409, code: "report.other"},
			{name: "the content before", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_digest":"` + first + `"}`, status: 409, code: "report.other"},
			{name: "this number with the content before", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_number":2,"report_digest":"` + first + `"}`, status: 409, code: "report.other"},
			{name: "a flag for the one before", who: "reviewer", method: "POST", path: task + "flag", body: strings.Replace(flagBehind, "{", `{"report_number":1,`, 1), status: 409, code: "report.other"},
			{name: "no digest", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_digest":"abc"}`, status: 422, code: "invalid"},
			{name: "this one", who: "reviewer", method: "POST", path: task + "approve", body: `{"report_digest":"` + digest + `"}`, status: 200, events: 1},
		})
		review := w.do("auditor", "GET", task+"reviews", "").at("items").([]any)[0].(map[string]any)
		if review["report_number"] != 2.0 || review["report_digest"] != digest || review["report_id"] != report.at("report.id") {
			t.Errorf("the review is %v", review)
		}
		if read := w.do("auditor", "GET", task+"reports/2", "").at("digest"); read != digest {
			t.Errorf("read back, the digest is %v", read)
		}
		if events := w.do("auditor", "GET", task+"events", ""); !strings.Contains(events.raw, `"report_digest":"`+digest+`"`) {
			t.Error("no event has the digest")
		}
	})
}
