package audit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/workflow/audit"
)

// BenchmarkVerifier: how many events a second a whole log is gone over at, with
// every leaf, node and version chain recomputed. The events are as large as a
// district's report with its narrative; 4,096 tasks take turns.
func BenchmarkVerifier(b *testing.B) {
	const size, tasks, batch = 1 << 14, 1 << 12, 1 << 10
	log := &log{}
	var bytes int64
	for i := range size {
		e := reportEvent(i, i%tasks, i/tasks+1)
		bytes += int64(len(e.Canonical()))
		log.add(e.Canonical())
	}
	checkpoint := log.checkpoint(size)
	b.SetBytes(bytes)
	b.ReportAllocs()
	for b.Loop() {
		v := audit.NewVerifier(100, checkpoint)
		for from := int64(0); from < size; from += batch {
			v.Add(from+batch, log.leaves[from:from+batch], log.rows[audit.Positions(from):audit.Positions(from+batch)])
		}
		if r := v.Finish(); !r.Clean() || r.Covered != size || r.Accepted != size {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(bytes)/size, "B/event")
}

// reportEvent is an event like those of a real half-year: about 1.5 KB.
func reportEvent(n, task, version int) audit.Event {
	narrative := strings.Repeat("新会区银湖湾滨海新区污水处理厂二期工程已完成主体结构施工，累计铺设管网12.6公里；", 4)
	after, err := json.Marshal(map[string]any{
		"task": map[string]any{
			"id": fmt.Sprintf("01890000-0000-7000-8000-%012x", task), "state": "reported", "version": version,
			"period": "2023-h1", "region": "440705", "updated_at": "2023-08-31T09:00:00.123456Z",
		},
		"report": map[string]any{
			"id": fmt.Sprintf("01890000-0000-7000-9000-%012x", n), "narrative": narrative,
			"values":   map[string]any{"length": map[string]string{"at_cutoff": "12.6", "latest": "14.25", "latest_on": "2023-08-25"}},
			"evidence": []string{"evidence/2023/08/管网竣工图.pdf", "evidence/2023/08/photo-1.jpg"},
		},
	})
	if err != nil {
		panic(err)
	}
	e := audit.Event{
		ID: fmt.Sprintf("01890000-0000-7000-a000-%012x", n), At: time.Date(2023, 8, 31, 9, 0, 0, n*1000, time.UTC),
		Outcome: audit.Accepted, Name: "report", Subject: "task", SubjectID: fmt.Sprintf("01890000-0000-7000-8000-%012x", task), Version: version,
		ActorID: "01890000-0000-7000-b000-000000000001", ActorRole: "reporter", Channel: "http", Address: "192.0.2.17",
		RequestID: fmt.Sprintf("01890000-0000-7000-c000-%012x", n), RequestKey: fmt.Sprintf("01890000-0000-7000-d000-%012x", n),
		RequestHash: strings.Repeat("0123456789abcdef", 4),
		Campaign:    "jm-2023", Region: "440705", Period: "2023-h1", From: "assigned", To: "reported",
		Before: json.RawMessage(`{"state":"assigned","version":1}`), After: after,
	}
	if err := e.Seal(); err != nil {
		panic(err)
	}
	return e
}
