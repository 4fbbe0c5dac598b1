package apitest

import (
	"net/http"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

func TestARepeatedRequestGetsTheSameBytesAndHappensOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		before := w.events()
		for _, r := range []struct{ name, who, path, body, other string }{
			{"report", "pengjiang", "/api/v1/tasks/{440703-01}/report", allEight, reportStations},
			{"flag", "reviewer", "/api/v1/tasks/{440703-01}/flag", flagBehind, `{"verdict":"nearly","reason":"r","rectify_by":"2023-09-30"}`},
			{"create", "supervisor", "/api/v1/campaigns", campaignNew, campaignNew + " "},
			{"assign", "supervisor", "/api/v1/campaigns/new/tasks", taskNew, taskNew + "\n"},
			{"token", "reviewer", "/api/v1/tokens", `{"label":"对接","days":7}`, `{"label":"对接","days":8}`},
			{"open", "supervisor", "/api/v1/campaigns/jm-2023/periods/2023-q3/open", `{"leave_waiting":true}`, ""},
		} {
			t.Run(r.name, func(t *testing.T) {
				send := func(body string) answer {
					return w.do(r.who, http.MethodPost, r.path, body, "Idempotency-Key", "key-"+r.name)
				}
				first, second := send(r.body), send(r.body)
				if first.status/100 != 2 || second.status != first.status || second.raw != first.raw || second.header.Get("ETag") != first.header.Get("ETag") {
					t.Errorf("first %d %s\nthen %d %s", first.status, first.raw, second.status, second.raw)
				}
				other := send(r.other)
				if other.status != 422 || other.at("code") != "idempotency.key_reused" {
					t.Errorf("another request with the key: %d %s", other.status, other.raw)
				}
			})
		}
		// report, flag, create, assign; the period: the campaign and three tasks
		if n := w.events() - before; n != 4+1+3 {
			t.Errorf("%d audit events, want 8", n)
		}
	})
}

func TestTheSameRequestSentAtOnceHappensOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		before := w.events()
		answers := together(4, func(int) answer {
			return w.do("pengjiang", http.MethodPost, "/api/v1/tasks/{440703-01}/report", allEight, "Idempotency-Key", "7d1f")
		})
		for i, a := range answers {
			if a.status != 200 || a.raw != answers[0].raw {
				t.Errorf("answer %d: %d %s", i, a.status, a.raw)
			}
		}
		if n := w.events() - before; n != 1 {
			t.Errorf("%d audit events, want 1", n)
		}
	})
}

func TestPagesJoinToTheWholeList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		w := newWorld(t, store)
		call := workflow.Call{Actor: workflow.OperatorActor("test")}
		for i := range 17 {
			n := tasks[0]
			n.Code, n.Region = "extra-"+string(rune('a'+i)), []string{"440704", "440703"}[i%2]
			_, err := w.service.Assign(t.Context(), call, "jm-2023", n)
			must(t, err)
		}
		codes := func(query string) (list []string, next string) {
			a := w.do("reviewer", http.MethodGet, "/api/v1/tasks?"+query, "")
			for _, item := range a.at("items").([]any) {
				list = append(list, item.(map[string]any)["code"].(string))
			}
			next, _ = a.at("next_cursor").(string)
			return list, next
		}
		whole, next := codes("limit=200")
		if len(whole) != 20 || next != "" {
			t.Fatalf("the whole list has %d tasks, next %q", len(whole), next)
		}
		var joined []string
		for cursor, pages := "", 0; ; pages++ {
			page, next := codes("limit=3&cursor=" + cursor)
			joined = append(joined, page...)
			if cursor = next; cursor == "" {
				if pages != 6 {
					t.Errorf("%d pages before the last, want 6", pages)
				}
				break
			}
		}
		for i := range whole {
			if len(joined) != len(whole) || joined[i] != whole[i] {
				t.Fatalf("pages join to %v, the list is %v", joined, whole)
			}
		}
	})
}
