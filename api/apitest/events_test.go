package apitest

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/workflow"
	"duban/workflow/audit"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/trail"
)

// eventsPage is a page of GET /events.
type eventsPage struct {
	Items []struct {
		Event   json.RawMessage
		Label   struct{ ZH, EN string }
		Person  string
		Refusal string
		Region  string `json:"region_name"`
		Task    *struct{ Code, Subject string }
	}
	NextCursor   string `json:"next_cursor"`
	LookedBackTo string `json:"looked_back_to"`
}

// listed reads GET /events to its end.
func (w *world) listed(who, query string) (all []audit.Event, pages []eventsPage) {
	w.t.Helper()
	for cursor := ""; ; {
		a := w.do(who, "GET", "/api/v1/events?limit=4&"+query+cursor, "")
		var p eventsPage
		if err := json.Unmarshal([]byte(a.raw), &p); err != nil || a.status != 200 {
			w.t.Fatalf("%d %s", a.status, a.raw)
		}
		for _, item := range p.Items {
			e, err := audit.Parse(item.Event)
			must(w.t, err)
			all = append(all, e)
		}
		pages = append(pages, p)
		if (p.NextCursor == "") != (p.LookedBackTo == "") {
			w.t.Errorf("next_cursor is %q, looked_back_to is %q", p.NextCursor, p.LookedBackTo)
		}
		if p.NextCursor == "" {
			return all, pages
		}
		cursor = "&cursor=" + url.QueryEscape(p.NextCursor)
	}
}

// life brings the tasks through some events, with a reason that a spreadsheet
// would run.
func (w *world) life() {
	w.t.Helper()
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/return", `{"reason":"=HYPERLINK(\"http://x\",\"y\")\n第二行"}`)
	w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
	w.ok("reviewer", "/api/v1/tasks/{440703-01}/flag", flagBehind)
	w.ok("jianghai", "/api/v1/tasks/{440704-01}/report", `{"narrative":"监测。","values":{"no2":{"value":"24"}}}`)
}

func TestEventsAreListedAsTheyAreStoredWithinTheScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.life()
		all, pages := w.listed("auditor", "campaign=jm-2023")
		if len(all) != 9 || len(pages) != 3 { // one campaign, three tasks, five steps
			t.Fatalf("%d events on %d pages", len(all), len(pages))
		}
		if !slices.IsSortedFunc(all, func(a, b audit.Event) int { return b.At.Compare(a.At) }) {
			t.Error("not newest first")
		}
		newest := pages[0].Items[0]
		if newest.Label.ZH != "上报" || newest.Person != "姓名jianghai" || newest.Region != "江海区" || newest.Task == nil || newest.Task.Code != "440704-01" {
			t.Errorf("the newest is told as %+v", newest)
		}
		own, _ := w.listed("pengjiang", "")
		for _, e := range own {
			if e.Region != "440703" {
				t.Errorf("a reporter sees %s", e.Canonical())
			}
		}
		for query, want := range map[string]int{
			"task={440703-01}": 5, "task=jm-2023/440704-01": 2, "region=440704&campaign=jm-2023": 2, "person=reviewer&campaign=jm-2023": 2,
			"name=report&name=flag": 4, "outcome=refused": 0, "period=2023-h1": 9, "campaign=jm-2023&q=hyperlink": 1,
			"name=report&from=2023-08-31&until=2023-08-31": 3, "name=report&until=2023-08-30": 0, "name=user.create": len(people),
		} {
			if got, _ := w.listed("auditor", query); len(got) != want {
				t.Errorf("%s: %d events, want %d", query, len(got), want)
			}
		}
		w.do("pengjiang", "POST", "/api/v1/tasks/{440703-01}/approve", "")
		refused, told := w.listed("supervisor", "task={440703-01}&outcome=refused")
		if len(refused) != 1 || refused[0].Name != "approve" || told[0].Items[0].Refusal != "forbidden" || told[0].Items[0].Person != "姓名pengjiang" {
			t.Errorf("the refused attempt is told as %+v", told)
		}
	})
}

// TestAnExportReadsBackAsTheListedEvents in both formats, text for text.
func TestAnExportReadsBackAsTheListedEvents(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.life()
	listed, _ := w.listed("auditor", "campaign=jm-2023")
	csvFile := w.do("auditor", "GET", "/api/v1/events?campaign=jm-2023&format=csv", "")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(csvFile.raw, "\ufeff"))).ReadAll()
	must(t, err)
	xlsxFile := w.do("auditor", "GET", "/api/v1/events?campaign=jm-2023&format=xlsx", "")
	book, err := excelize.OpenReader(strings.NewReader(xlsxFile.raw))
	must(t, err)
	defer book.Close()
	sheet, err := book.GetRows(book.GetSheetName(0))
	must(t, err)
	if !slices.Equal(rows[0], trail.Header) || !slices.Equal(sheet[0], trail.Header) || len(rows) != len(listed)+1 || len(sheet) != len(listed)+1 {
		t.Fatalf("%d and %d rows for %d events: %q", len(rows), len(sheet), len(listed), rows[0])
	}
	column := func(name string) int { return slices.Index(trail.Header, name) }
	for i, e := range listed {
		for name, want := range map[string]string{
			"时间": workflow.ShownMoment(e.At), "事件代码": e.Name, "专项工作": e.Campaign, "理由": e.Reason, "对象编号": e.SubjectID,
			"人员编号": e.ActorID, "事件编号": e.ID, "报告期": e.Period, "请求编号": e.RequestID, "来源": e.Channel,
		} {
			inCSV, inBook := rows[i+1][column(name)], sheet[i+1][column(name)]
			if inBook != want || inCSV != want && inCSV != "'"+want {
				t.Errorf("row %d, %s: %q in CSV, %q in the workbook, want %q", i+1, name, inCSV, inBook, want)
			}
		}
	}
	if !strings.Contains(csvFile.raw, `"'=HYPERLINK`) || strings.Contains(csvFile.raw, `,"=`) || strings.Contains(csvFile.raw, ",=") {
		t.Error("a reason could be run as a formula")
	}
	for _, a := range []answer{csvFile, xlsxFile} {
		if a.header.Get("Duban-Rows") != "9" || a.header.Get("Duban-Next-Cursor") != "" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment; filename=\"audit-events.") {
			t.Errorf("headers are %v", a.header)
		}
	}
	if exports, _ := w.listed("auditor", "name=audit.export"); len(exports) != 2 || exports[0].ActorID != w.ids["auditor"] {
		t.Errorf("the exports left %d events", len(exports))
	}
	own := w.do("jianghai", "GET", "/api/v1/events?format=csv", "")
	if strings.Contains(own.raw, "440703") || !strings.Contains(own.raw, "440704-01") {
		t.Errorf("a reporter's export has %s", own.raw)
	}
}

func TestTheMeetingSeesWhatHappenedAndWhatIsLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		w.life()
		line := w.do("reviewer", "GET", "/api/v1/tasks/{440703-01}/timeline", "")
		items, _ := line.at("items").([]any)
		if len(items) != 5 || line.at("task.code") != "440703-01" {
			t.Fatalf("%d %s", line.status, line.raw)
		}
		flagged := answer{body: items[4].(map[string]any)}
		changes, _ := flagged.at("changes").([]any)
		first := answer{body: changes[0].(map[string]any)}
		if flagged.at("label.zh") != "挂牌" || flagged.at("to.zh") != "滞后挂牌" || flagged.at("person") != "姓名reviewer" || flagged.at("event.reason") != "未启动" ||
			first.at("field") != "task.state" || first.at("label.zh") != "状态" || first.at("before.value") != "reported" || first.at("after.text.zh") != "滞后挂牌" {
			t.Errorf("the flag is told as %v", flagged.body)
		}
		stats := w.do("pengjiang", "GET", "/api/v1/campaigns/jm-2023/periods/2023-h1/statistics", "")
		districts, _ := stats.at("districts").([]any)
		overdue, _ := stats.at("overdue").([]any)
		if stats.status != 200 || len(districts) != 1 || stats.at("total.verdicts.behind") != 1.0 || stats.at("total.verdicts.none") != 1.0 || stats.at("total.tasks") != 2.0 ||
			stats.at("total.assigned_to_reported.cases") != 1.0 || stats.at("total.assigned_to_reported.days") != "0.0" || stats.at("total.reported_to_reviewed.cases") != 2.0 ||
			stats.at("total.flagged_to_rectified.days") != nil || len(overdue) != 1 {
			t.Errorf("%d %s", stats.status, stats.raw)
		}
		late := w.do("auditor", "GET", "/api/v1/overdue?limit=1", "")
		list, _ := late.at("items").([]any)
		if late.status != 200 || len(list) != 1 {
			t.Fatalf("%d %s", late.status, late.raw)
		}
		if task := (answer{body: list[0].(map[string]any)}); task.at("code") != "440703-02" || task.at("due") != "2023-07-10" || task.at("days_overdue") != 52.0 || task.at("state") != "assigned" {
			t.Errorf("overdue is %s", late.raw)
		}
		if a := w.do("jianghai", "GET", "/api/v1/overdue", ""); a.raw != "{\"items\":[]}\n" {
			t.Errorf("another district sees %s", a.raw)
		}
	})
}
