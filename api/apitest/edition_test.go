package apitest

import (
	"fmt"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// A supervisor issues the lag table, a late report comes in, and the table is issued
// again: both stay, in every format, and what changed is told.
func TestIssuingOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		task, period := "/api/v1/tasks/{440703-01}", "/api/v1/campaigns/jm-2023/periods/2023-h1"
		w.ok("pengjiang", task+"/report", reportStations)
		w.ok("reviewer", task+"/flag", flagBehind)

		preview := w.do("reviewer", "GET", period+"/lag-table", "")
		if preview.at("preview") != true || len(preview.at("gaps").([]any)) != 2 {
			t.Fatalf("the preview: %s", preview.raw)
		}
		if a := w.do("reviewer", "GET", period+"/lag-table?format=html", ""); !strings.Contains(a.raw, "预览稿") {
			t.Error("the page does not say that it is a preview")
		}
		if a := w.do("reviewer", "POST", period+"/editions", `{}`); a.status != 403 {
			t.Errorf("a reviewer issues: %d", a.status)
		}
		refused := w.do("supervisor", "POST", period+"/editions", `{}`)
		if refused.status != 409 || refused.at("code") != "edition.gaps" || len(refused.at("errors").([]any)) != 2 {
			t.Fatalf("gaps: %d %s", refused.status, refused.raw)
		}
		const gaps = `"accept_gaps":["440703-02","440704-01"]`
		issued := w.do("supervisor", "POST", period+"/editions", `{"number":1,`+gaps+`}`, "Idempotency-Key", "issue-1")
		again := w.do("supervisor", "POST", period+"/editions", `{"number":1,`+gaps+`}`, "Idempotency-Key", "issue-1")
		if issued.status != 201 || again.raw != issued.raw || issued.at("edition.number") != 1.0 || issued.header.Get("Location") != period+"/editions/1" {
			t.Fatalf("issued: %d %s\nagain: %d %s", issued.status, issued.raw, again.status, again.raw)
		}
		formats := map[string]string{}
		for format, accept := range map[string]string{"docx": typeDOCX, "xlsx": typeXLSX, "html": "text/html", "csv": "text/csv"} {
			a := w.do("auditor", "GET", period+"/editions/1", "", "Accept", accept)
			named := w.do("auditor", "GET", period+"/editions/1?format="+format, "")
			if a.status != 200 || a.raw != named.raw || !strings.HasPrefix(a.header.Get("Content-Type"), accept) {
				t.Errorf("%s: %d %s", format, a.status, a.header.Get("Content-Type"))
			}
			formats[format] = a.raw
		}

		edit := w.do("supervisor", "POST", period+"/narratives", `{"task":"440703-01","narrative":"安装工作正在推进。","reason":"精简"}`)
		if edit.status != 201 || edit.at("original") != "正在安装。" {
			t.Fatalf("edit: %d %s", edit.status, edit.raw)
		}
		if a := w.do("supervisor", "POST", period+"/narratives", `{"task":"440703-01","narrative":"已完成8座。","reason":"r"}`); strings.Join(a.fields(), " ") != "narrative:figure" {
			t.Errorf("a figure is gained: %d %s", a.status, a.raw)
		}
		if a := w.do("supervisor", "POST", period+"/editions", `{"number":1,`+gaps+`}`); a.at("code") != "edition.number" {
			t.Errorf("the number is taken: %d %s", a.status, a.raw)
		}
		if a := w.do("supervisor", "POST", period+"/editions", `{`+gaps+`}`); a.at("edition.number") != 2.0 {
			t.Fatalf("issued again: %d %s", a.status, a.raw)
		}
		changes := w.do("reviewer", "GET", period+"/lag-changes?to=2", "")
		if rows := changes.at("rows").([]any); len(rows) != 1 || !strings.Contains(changes.raw, `"before":["【重点考核】未按进度完成。","正在安装。"],"after":["【重点考核】未按进度完成。","安装工作正在推进。"]`) {
			t.Errorf("changes: %s", changes.raw)
		}
		for format, before := range formats {
			if now := w.do("auditor", "GET", period+"/editions/1?format="+format, ""); now.raw != before {
				t.Errorf("%s: the first edition has other bytes now", format)
			}
		}
		list := w.do("pengjiang", "GET", period+"/editions", "")
		if fmt.Sprint(len(list.at("items").([]any))) != "2" || !strings.Contains(list.raw, `"rows":1`) {
			t.Errorf("the district is told of %s", list.raw)
		}
		if a := w.do("jianghai", "GET", period+"/editions/2", ""); a.at("part") != true || len(a.at("rows").([]any)) != 0 || strings.Contains(a.raw, "440703") {
			t.Errorf("another district sees %s", a.raw)
		}
		if a := w.do("jianghai", "GET", period+"/narratives", ""); len(a.at("items").([]any)) != 0 {
			t.Errorf("another district sees %s", a.raw)
		}
	})
}

// typeDOCX is the media type of Word documents.
const typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
