package workflow_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"duban/workflow"
	"duban/workflow/assess"
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

// verify verifies the trail.
func (h *saga) verify() workflow.TrailReport {
	h.t.Helper()
	report, err := h.VerifyTrail(h.ctx(), h.kept)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}
