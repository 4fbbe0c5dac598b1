package apitest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// items are the rows of an answer.
func (a answer) items() []map[string]any {
	list, _ := a.at("items").([]any)
	out := make([]map[string]any, len(list))
	for i, v := range list {
		out[i] = v.(map[string]any)
	}
	return out
}

func TestSeveralApprovalsAreEachAStepOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		for _, task := range []string{"440703-01", "440704-01"} {
			who := map[string]string{"440703-01": "pengjiang", "440704-01": "jianghai"}[task]
			body := map[string]string{"440703-01": reportStations, "440704-01": `{"narrative":"n","values":{"no2":{"value":"22"}},"evidence_date":"2023-08-31"}`}[task]
			w.ok(who, "/api/v1/tasks/{"+task+"}/report", body)
		}
		w.ok("reviewer2", "/api/v1/tasks/{440703-01}/return", `{"reason":"数据与台账不一致"}`)
		body := w.path(`{"items":[
			{"task_id":"{440703-01}","report_number":1},
			{"task_id":"{440704-01}","report_number":1},
			{"task_id":"{440703-02}","version":9},
			{"task_id":"` + noTask + `","report_number":1}]}`)
		before := w.events()
		first := w.do("reviewer", http.MethodPost, "/api/v1/approvals", body, "Idempotency-Key", "bulk", "Accept-Language", "en")
		if first.status != 200 || first.at("done") != 1.0 || first.at("refused") != 3.0 {
			t.Fatalf("%d %s", first.status, first.raw)
		}
		rows := first.items()
		if rows[1]["done"] != true || rows[1]["state"] != "reviewed" || rows[1]["version"] != 3.0 {
			t.Errorf("the approved row: %v", rows[1])
		}
		// Each problem is the one that a single approval gets.
		single := []answer{
			w.do("reviewer", http.MethodPost, "/api/v1/tasks/{440703-01}/approve", `{"report_number":1}`, "Accept-Language", "en"),
			{},
			w.do("reviewer", http.MethodPost, "/api/v1/tasks/{440703-02}/approve", `{}`, "If-Match", `"9"`, "Accept-Language", "en"),
			w.do("reviewer", http.MethodPost, "/api/v1/tasks/"+noTask+"/approve", `{"report_number":1}`, "Accept-Language", "en"),
		}
		for i, status := range map[int]int{0: 409, 2: 412, 3: 404} {
			delete(single[i].body, "request_id")
			if got, want := fmt.Sprint(rows[i]["problem"]), fmt.Sprint(single[i].body); got != want || single[i].status != status {
				t.Errorf("row %d is refused with\n%s\na single one with %d\n%s", i, got, single[i].status, want)
			}
		}
		last := rows[0]["problem"].(map[string]any)["last_change"].(map[string]any)
		if last["event"] != "return" || last["actor_name"] != "姓名reviewer2" || last["actor_id"] != w.ids["reviewer2"] || last["state"] != "assigned" || last["version"] != 3.0 || last["at"] == nil {
			t.Errorf("what the other person did: %v", last)
		}
		if n := w.events() - before; n != 1 {
			t.Errorf("%d audit events, want 1", n)
		}
		// What is refused now may be possible later: the repeat answers the same all the same.
		w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
		again := w.do("reviewer", http.MethodPost, "/api/v1/approvals", body, "Idempotency-Key", "bulk", "Accept-Language", "en")
		if again.raw != first.raw {
			t.Errorf("first %s\nthen %s", first.raw, again.raw)
		}
		other := w.do("reviewer", http.MethodPost, "/api/v1/approvals", strings.Replace(body, `"version":9`, `"version":8`, 1), "Idempotency-Key", "bulk")
		if other.status != 422 || other.at("code") != "idempotency.key_reused" {
			t.Errorf("another request with the key: %d %s", other.status, other.raw)
		}
		if n := w.events() - before; n != 2 { // the approval, and the new report
			t.Errorf("%d audit events, want 2", n)
		}
	})
}

func TestWhoMayApproveSeveralAndWhatFits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	one := w.path(`{"task_id":"{440703-01}","report_number":1}`)
	w.play(t, []scenario{
		{name: "nobody", method: "POST", path: "/api/v1/approvals", body: `{"items":[` + one + `]}`, status: 401, code: "unauthenticated"},
		{name: "reporter", who: "pengjiang", method: "POST", path: "/api/v1/approvals", body: `{"items":[` + one + `]}`, status: 403, code: "forbidden"},
		{name: "none", who: "reviewer", method: "POST", path: "/api/v1/approvals", body: `{"items":[]}`, status: 422, code: "invalid", fields: []string{"items:count"}},
		{name: "twice", who: "reviewer", method: "POST", path: "/api/v1/approvals", body: `{"items":[` + one + `,` + one + `]}`, status: 422, code: "invalid", fields: []string{"items[1].task_id:duplicate"}},
		{name: "too many", who: "reviewer", method: "POST", path: "/api/v1/approvals", body: `{"items":[` + one + strings.Repeat(`,`+one, 200) + `]}`, status: 422, code: "invalid", fields: []string{"items:count"}},
	})
}

// dying is a store that ends after some steps, as a server does that is killed.
type dying struct {
	workflow.Store
	left int
}

var errDied = errors.New("died")

func (d *dying) Step(ctx context.Context, ahead workflow.Ahead, fn func(workflow.StepTx, *workflow.Start) error) error {
	if d.left--; d.left < 0 {
		return workflow.NewError(workflow.Unavailable, "died", "中断", "died").Because(errDied)
	}
	return d.Store.Step(ctx, ahead, fn)
}

func TestApprovalsThatWereBrokenOffGoOnAndNothingIsDoneTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		d := &dying{Store: store, left: 1 << 30}
		w := newWorld(t, d)
		w.ok("pengjiang", "/api/v1/tasks/{440703-01}/report", reportStations)
		w.ok("jianghai", "/api/v1/tasks/{440704-01}/report", `{"narrative":"n","values":{"no2":{"value":"22"}},"evidence_date":"2023-08-31"}`)
		before := w.events()
		body := w.path(`{"items":[{"task_id":"{440703-01}","report_number":1},{"task_id":"{440704-01}","report_number":1}]}`)
		d.left = 1
		cut := w.do("reviewer", http.MethodPost, "/api/v1/approvals", body, "Idempotency-Key", "bulk")
		if rows := cut.items(); len(rows) != 2 || rows[0]["done"] != true || rows[1]["done"] != false || w.events() != before+1 {
			t.Fatalf("broken off: %s, %d events", cut.raw, w.events()-before)
		}
		d.left = 1 << 30
		for range 2 {
			again := w.do("reviewer", http.MethodPost, "/api/v1/approvals", body, "Idempotency-Key", "bulk")
			if again.at("done") != 2.0 || again.items()[0]["version"] != 3.0 || w.events() != before+2 {
				t.Errorf("repeated: %s, %d events", again.raw, w.events()-before)
			}
		}
	})
}
