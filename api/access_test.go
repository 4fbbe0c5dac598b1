package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"duban/configs"
	"duban/workflow"
)

func bare(t *testing.T) Options {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Service: workflow.NewService(nil, nil, def, time.Now, nil), Log: slog.New(slog.DiscardHandler)}
}

func mustPanic(t *testing.T, what string, do func()) {
	t.Helper()
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "does not say who may use it") {
			t.Errorf("%s: it was registered (%q)", what, said)
		}
	}()
	do()
}

func TestARouteThatDoesNotSayWhoMayUseItIsRefused(t *testing.T) {
	s, e := build(bare(t))
	look := func(context.Context, workflow.Actor, *struct{}) (*struct{}, error) { return nil, nil }
	act := func(context.Context, workflow.Call, *struct{}) (*struct{}, error) { return nil, nil }
	mustPanic(t, "a read", func() { read(s, get("/x", "x", tagFrame, "一", "one"), look) })
	mustPanic(t, "a write", func() { write(s, post("/x", "x", tagFrame, "一", "one"), act) })
	mustPanic(t, "no permission named", func() { read(s, get("/x", "x", tagFrame, "一", "one").needs(ofNothing), look) })
	mustPanic(t, "an empty permission", func() { read(s, get("/x", "x", tagFrame, "一", "one").needs(ofTask, ""), look) })
	before := len(s.table)
	read(s, get("/x", "x", tagFrame, "一", "one").selfService(), look)
	if len(s.table) != before+1 || s.table[before].Changes || s.table[before].Label != (workflow.Text{ZH: "一", EN: "one"}) {
		t.Errorf("one that says so is entered as %+v", s.table[before:])
	}
	s.complete(e)
	e.GET("/beside", docsPage)
	mustPanic(t, "a page beside the list", func() { s.complete(e) })
}

func TestTheTableSaysWhatChanges(t *testing.T) {
	for _, a := range AccessTable(bare(t).Service) {
		if a.Method == http.MethodGet && a.Changes || a.Method != http.MethodGet && !a.Changes && a.Operation != "preview" && a.Operation != "proposeCampaign" {
			t.Errorf("%s %s changes: %t", a.Method, a.Path, a.Changes)
		}
		if a.Label.ZH == "" || a.Label.EN == "" {
			t.Errorf("%s %s has no label in two languages", a.Method, a.Path)
		}
	}
}
