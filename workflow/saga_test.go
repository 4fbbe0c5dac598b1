package workflow_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
	"duban/workflow/calendar"
)

// saga is a world in which people do whatever comes to mind, with the
// checkpoints that were kept outside.
type saga struct {
	*world
	key    workflow.LogKey
	random *rand.Rand
	ids    []string // of tasks
	kept   []workflow.KeptCheckpoint
}

func newSaga(w *world, seed uint64) *saga {
	key := logKey(w.t)
	w.WithLogKey(key)
	return &saga{world: w, key: key, random: rand.New(rand.NewPCG(seed, 0))}
}

// act does one thing; many things are refused, which leaves an event as well.
func (h *saga) act() {
	people := []workflow.Actor{reporter, colleague, stranger, reviewer, reviewer2, supervisor, both}
	who := people[h.random.IntN(len(people))]
	switch h.random.IntN(20) {
	case 0, 1, 2:
		h.ids = append(h.ids, h.assign().ID)
	case 3:
		h.sequence()
	case 4:
		h.now.Add(int64(h.random.IntN(40 * 24 * 3600)))
	case 5:
		_, _ = h.OpenPeriod(h.ctx(), by(supervisor), campaignCode, []string{"h1", "q3", "fy"}[h.random.IntN(3)], h.random.IntN(2) == 0)
	case 6:
		_, _ = h.SignIn(h.ctx(), workflow.Actor{Channel: "test"}, fmt.Sprint("nobody", h.random.IntN(3)), "wrong")
	case 8:
		if len(h.ids) > 0 {
			h.file(who, h.ids[h.random.IntN(len(h.ids))])
		}
	case 9:
		_, _ = h.SweepEvidence(h.ctx(), by(operator), time.Unix(h.now.Load(), 0), false)
	case 7:
		code := fmt.Sprint(440710 + h.random.IntN(20))
		_, _ = h.CreateRegion(h.ctx(), by(systemAdmin), workflow.Region{Code: code, Name: "区" + code})
	default:
		if len(h.ids) == 0 {
			return
		}
		event := taskEvents[h.random.IntN(len(taskEvents))]
		if event == workflow.EventCancel && h.random.IntN(8) > 0 {
			event = workflow.EventReport // cancelling ends everything
		}
		call := by(who)
		if h.random.IntN(4) == 0 {
			call.Request = &workflow.RequestKey{Key: fmt.Sprint("key-", h.random.IntN(1000)), Hash: fmt.Sprint(event)}
		}
		_, _ = h.doAs(call, event, h.ids[h.random.IntN(len(h.ids))])
	}
}

// sequence brings events into the log and the checkpoint outside.
func (h *saga) sequence() {
	h.t.Helper()
	done, err := h.Sequence(h.ctx())
	if err != nil {
		h.t.Fatal(err)
	}
	if done.Checkpoint != nil {
		h.kept = append(h.kept, workflow.KeptCheckpoint{From: "outside", Note: done.Checkpoint.Note})
	}
}

// people makes accounts with several grants.
func (h *saga) people() {
	h.t.Helper()
	for login, grants := range map[string][]workflow.Grant{
		"li.ming": {{Role: workflow.Reporter, Region: "440703"}, {Role: workflow.Reporter, Region: "440704"}, {Role: workflow.Reviewer}},
		"zhang":   {{Role: workflow.Auditor}},
	} {
		if _, err := h.CreateUser(h.ctx(), by(operator), workflow.User{Login: login, Name: "某" + login, Grants: grants}, "correct horse battery"); err != nil {
			h.t.Fatal(err)
		}
		if _, err := h.LinkUser(h.ctx(), by(operator), login, "https://login.example.gov.cn", "sub-of-"+login); err != nil {
			h.t.Fatal(err)
		}
	}
}

// deputies are named by an account of people, for others; one is ended. A region is
// renamed.
func (h *saga) deputies() {
	h.t.Helper()
	today := calendar.Of(time.Unix(h.now.Load(), 0))
	var last workflow.DelegationView
	for _, login := range []string{"deng", "qian"} {
		if _, err := h.CreateUser(h.ctx(), by(operator), workflow.User{Login: login, Name: "某" + login, Grants: []workflow.Grant{{Role: workflow.Supervisor}}}, "correct horse battery"); err != nil {
			h.t.Fatal(err)
		}
		for _, g := range []workflow.Grant{{Role: workflow.Reviewer}, {Role: workflow.Reporter, Region: "440703"}} {
			var err error
			if last, err = h.NameDeputy(h.ctx(), by(operator), workflow.NewDelegation{Grantor: "li.ming", Deputy: login, Grant: g, From: today, To: today}); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	if _, err := h.EndDeputy(h.ctx(), by(operator), last.ID); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.RenameRegion(h.ctx(), by(systemAdmin), "440704", "江海"); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.RenameRegion(h.ctx(), by(systemAdmin), "440704", "江海区"); err != nil {
		h.t.Fatal(err)
	}
}

// parameters gives the campaign a second version of its parameters and a region.
func (h *saga) parameters() {
	h.t.Helper()
	c := campaign()
	c.Params = assess.Params{Version: 2, NearlyRatio: decimal.RequireFromString("0.80"), PaceRatio: decimal.RequireFromString("0.750")}
	if _, err := h.Import(h.ctx(), by(operator), workflow.Import{Campaign: c, Regions: []workflow.Region{
		{Code: "440703", Name: "蓬江区"}, {Code: "440704", Name: "江海区"}, {Code: "440705", Name: "新会区"},
	}}); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.Import(h.ctx(), by(operator), importFile()); err != nil {
		h.t.Fatal(err)
	}
}

// issues edits two narratives and issues two editions.
func (h *saga) issues() {
	h.t.Helper()
	for range 2 {
		task := h.in("flagged_lagging")
		if _, err := h.EditNarrative(h.ctx(), by(supervisor), workflow.NarrativeInput{
			Campaign: campaignCode, Period: task.Period, Task: task.Code, Narrative: "正在推进。", Reason: "精简",
		}); err != nil {
			h.t.Fatal(err)
		}
		h.issue(task.Period)
	}
}

// verify verifies the trail.
func (h *saga) verify() workflow.TrailReport {
	h.t.Helper()
	report, err := h.VerifyTrail(h.ctx(), h.kept)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

// file uploads one of a few files, and may report with it.
func (h *saga) file(who workflow.Actor, task string) {
	content, name := fmt.Sprint("证据", h.random.IntN(5)), fmt.Sprintf("第%d份.txt", h.random.IntN(3))
	e, err := h.Upload(h.ctx(), by(who), task, name, strings.NewReader(content))
	if err != nil || h.random.IntN(2) == 0 {
		return
	}
	in := km(7)
	in.Evidence = []string{e.SHA256}
	_, _ = h.Report(h.ctx(), by(who), task, in)
}

// files makes uploads, a report that names two of them, and one that is dropped.
func (h *saga) files() {
	h.t.Helper()
	task, in := h.in("assigned"), km(8)
	for _, content := range []string{"甲", "乙", "丙"} {
		e, err := h.Upload(h.ctx(), by(reporter), task.ID, content+".txt", strings.NewReader(content))
		if err != nil {
			h.t.Fatal(err)
		}
		if content != "丙" {
			in.Evidence = append(in.Evidence, e.SHA256)
		}
	}
	if _, err := h.Report(h.ctx(), by(reporter), task.ID, in); err != nil {
		h.t.Fatal(err)
	}
	h.now.Add(8 * 24 * 3600)
	if swept, err := h.SweepEvidence(h.ctx(), by(operator), time.Unix(h.now.Load(), 0), false); err != nil || swept.Uploads == 0 {
		h.t.Fatalf("sweeping: %+v %v", swept, err)
	}
	h.ids = append(h.ids, task.ID)
}
