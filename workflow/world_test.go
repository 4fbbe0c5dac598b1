package workflow_test

import (
	"context"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duban/configs"
	"duban/rbac"
	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
	"duban/workflow/filestore"
	"duban/workflow/gormstore/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// world is a service on a fresh database with a campaign of two regions, the
// people of domain.md, and a clock that tests move.
type world struct {
	*workflow.Service
	t     testing.TB
	store workflow.Store
	now   atomic.Int64 // Unix seconds
	tasks int
}

const campaignCode = "test-2023"

func actor(id string, role workflow.Role, region string) workflow.Actor {
	return workflow.Actor{UserID: id, Name: id, Channel: "test", Grants: []workflow.Grant{{Role: role, Region: region}}}
}

var (
	reporter      = actor("reporter", workflow.Reporter, "440703")
	colleague     = actor("colleague", workflow.Reporter, "440703")
	stranger      = actor("stranger", workflow.Reporter, "440704")
	reviewer      = actor("reviewer", workflow.Reviewer, "")
	reviewer2     = actor("reviewer2", workflow.Reviewer, "")
	supervisor    = actor("supervisor", workflow.Supervisor, "")
	auditor       = actor("auditor", workflow.Auditor, "")
	systemAdmin   = actor("system", workflow.SystemAdmin, "")
	securityAdmin = actor("security", workflow.SecurityAdmin, "")
	operator      = workflow.OperatorActor("root")
	// both reports for a region and reviews: lawful, but not of the same report.
	both = workflow.Actor{UserID: "both", Name: "both", Channel: "test", Grants: []workflow.Grant{{Role: workflow.Reporter, Region: "440703"}, {Role: workflow.Reviewer}}}
)

func newWorld(t testing.TB, store workflow.Store) *world {
	t.Helper()
	def, err := workflow.ReadDefinition("workflow.yaml", configs.Workflow)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rbac.New(def)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: store}
	w.on("2023-07-05")
	files, err := filestore.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.Service = workflow.NewService(store, policy, def, func() time.Time { return time.Unix(w.now.Add(1), 0) }, []byte("test")).
		WithEvidence(files, nil, workflow.EvidenceRules{})
	for _, r := range []workflow.Region{{Code: "440703", Name: "蓬江区"}, {Code: "440704", Name: "江海区"}} {
		if _, err := w.CreateRegion(w.ctx(), by(systemAdmin), r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.CreateCampaign(w.ctx(), by(supervisor), campaign()); err != nil {
		t.Fatal(err)
	}
	return w
}

func campaign() workflow.Campaign {
	return workflow.Campaign{
		Code: campaignCode, Title: "测试", Starts: day("2023-01-01"),
		Params:  assess.Params{Version: 1, NearlyRatio: assess.DefaultRatio, PaceRatio: assess.DefaultRatio},
		Regions: []string{"440703", "440704"},
		Periods: []workflow.Period{
			{Code: "h1", Label: "1-6月", Cutoff: day("2023-06-30"), ReportBy: day("2023-07-10")},
			{Code: "q3", Label: "1-9月", Cutoff: day("2023-09-30"), ReportBy: day("2023-10-10")},
			{Code: "fy", Label: "全年", Cutoff: day("2023-12-31"), ReportBy: day("2024-01-10")},
		},
	}
}

func newTask(code, region string) workflow.NewTask {
	return workflow.NewTask{
		Code: code, Region: region, Subject: "任务" + code, Requirement: "按期完成。",
		Measures: []assess.Measure{
			{Code: "km", Kind: assess.Cumulative, Name: "里程", Unit: "公里", Targets: []assess.Target{
				{Due: day("2023-06-30"), Value: decimal.NewFromInt(10)}, {Due: day("2023-12-10"), Value: decimal.NewFromInt(20)}}},
			{Code: "word", Kind: assess.Qualitative, Name: "管理"},
		},
	}
}

func (w *world) ctx() context.Context { return w.t.Context() }

// on sets the clock to nine in the morning of a day.
func (w *world) on(date string) {
	w.now.Store(day(date).End().Add(-15 * time.Hour).Unix())
}

func by(a workflow.Actor) workflow.Call { return workflow.Call{Actor: a} }

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// assign makes one more task of region 440703.
func (w *world) assign() workflow.Task {
	w.t.Helper()
	w.tasks++
	t, err := w.Assign(w.ctx(), by(supervisor), campaignCode, newTask("T"+decimal.NewFromInt(int64(w.tasks)).String(), "440703"))
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

// km is a report of so many kilometres.
func km(n int64) workflow.Input {
	d := decimal.NewFromInt(n)
	return workflow.Input{Narrative: "进展。", Values: assess.Values{"km": {AtCutoff: &d}}}
}

var (
	flagging  = workflow.Input{Verdict: assess.Behind, Reason: "滞后", RectifyBy: day("2099-01-01")}
	rejecting = workflow.Input{Reason: "未到位", RectifyBy: day("2099-02-01")}
	because   = workflow.Input{Reason: "理由"}
)

// do carries out an event by its name.
func (w *world) do(a workflow.Actor, event workflow.EventName, id string) (workflow.Outcome, error) {
	return w.doAs(by(a), event, id)
}

// doAs is do with an If-Match or Idempotency-Key.
func (w *world) doAs(call workflow.Call, event workflow.EventName, id string) (workflow.Outcome, error) {
	switch event {
	case workflow.EventReport:
		return w.Report(w.ctx(), call, id, km(6))
	case workflow.EventWithdraw:
		return w.Withdraw(w.ctx(), call, id, workflow.Input{})
	case workflow.EventReturn:
		return w.Return(w.ctx(), call, id, because)
	case workflow.EventApprove:
		return w.Approve(w.ctx(), call, id, workflow.Input{})
	case workflow.EventFlag:
		return w.Flag(w.ctx(), call, id, flagging)
	case workflow.EventConfirm:
		return w.ConfirmRectified(w.ctx(), call, id, workflow.Input{})
	case workflow.EventReject:
		return w.RejectRectification(w.ctx(), call, id, rejecting)
	case workflow.EventClose:
		return w.Close(w.ctx(), call, id, because)
	default:
		return w.Cancel(w.ctx(), call, id, because)
	}
}

// in makes a task and brings it into a state: "reported+flag" is reported with
// an open flag.
func (w *world) in(state string) workflow.Task {
	w.t.Helper()
	steps := map[string][]workflow.EventName{
		"assigned":        nil,
		"reported":        {workflow.EventReport},
		"reported+flag":   {workflow.EventReport, workflow.EventFlag, workflow.EventReport},
		"reviewed":        {workflow.EventReport, workflow.EventApprove},
		"flagged_lagging": {workflow.EventReport, workflow.EventFlag},
		"rectified":       {workflow.EventReport, workflow.EventFlag, workflow.EventReport, workflow.EventConfirm},
		"closed":          {workflow.EventReport, workflow.EventApprove, workflow.EventClose},
		"cancelled":       {workflow.EventCancel},
	}
	t := w.assign()
	for _, e := range steps[state] {
		who := map[workflow.EventName]workflow.Actor{workflow.EventReport: reporter, workflow.EventClose: supervisor, workflow.EventCancel: supervisor}[e]
		if who.UserID == "" {
			who = reviewer
		}
		out, err := w.do(who, e, t.ID)
		if err != nil {
			w.t.Fatalf("bringing a task to %s: %s: %v", state, e, err)
		}
		t = out.Task
	}
	return t
}

// events returns the number of audit events of a task.
func (w *world) events(id string) int {
	w.t.Helper()
	list, err := w.TaskEvents(w.ctx(), auditor, id, 0, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

func kind(t testing.TB, err error, want workflow.Kind, code string) *workflow.Error {
	t.Helper()
	e := workflow.AsError(err)
	if err == nil || e.Kind != want || code != "" && e.Code != code {
		t.Fatalf("got %v, want %s %s", err, want, code)
	}
	return e
}
