package tasklist_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/gormstore/dbtest"
	"duban/workflow/tasklist"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// TestAllOfALongListIsExportedOnce: in its order, of now and of a past moment, however
// many are read at once.
func TestAllOfALongListIsExportedOnce(t *testing.T) {
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(def)
	if err != nil {
		t.Fatal(err)
	}
	s := workflow.NewService(dbtest.SQLite(t), policy, def, time.Now, []byte("test"))
	day := func(text string) calendar.Date {
		d, err := calendar.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const n = 1_203
	in := workflow.Import{
		Campaign: workflow.Campaign{
			Code: "c", Title: "c", Starts: day("2023-01-01"), Params: assess.Params{Version: 1, NearlyRatio: assess.DefaultRatio, PaceRatio: assess.DefaultRatio},
			Periods: []workflow.Period{{Code: "h1", Label: "1-6月", Cutoff: day("2023-06-30"), ReportBy: day("2023-07-20")}},
		},
		Regions: []workflow.Region{{Code: "440703", Name: "蓬江区"}},
	}
	want := make([]string, n)
	for i := range want {
		want[i] = fmt.Sprintf("t-%d", i)
		in.Tasks = append(in.Tasks, workflow.NewTask{Code: want[i], Region: "440703", Subject: "s", Requirement: "r", Measures: []assess.Measure{{Code: "m", Kind: assess.Qualitative}}})
	}
	if _, err := s.Import(t.Context(), workflow.Call{Actor: workflow.OperatorActor("test")}, in); err != nil {
		t.Fatal(err)
	}
	auditor := workflow.Actor{UserID: "auditor", Channel: "test", Grants: []workflow.Grant{{Role: workflow.Auditor}}}
	for _, asOf := range []workflow.AsOf{{}, workflow.At(time.Now())} {
		for _, filter := range []workflow.TaskFilter{{Campaign: "c"}, {ByDue: asOf.IsZero()}} {
			var file bytes.Buffer
			out, err := tasklist.Export(t.Context(), s, auditor, filter, asOf, tasklist.CSV, &file)
			if err != nil || out.Rows != n || out.Next != nil {
				t.Fatalf("%v: %+v, %v", asOf, out, err)
			}
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\ufeff"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows[1:] {
				got = append(got, row[slices.Index(tasklist.Header, "任务代码")])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, %+v: %d tasks that are not the %d there are, in their order", asOf, filter, len(got), n)
			}
		}
	}
}
