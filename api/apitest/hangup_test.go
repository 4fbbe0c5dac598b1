package apitest

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/api"
	"duban/workflow"
)

// Whoever hangs up, at whatever moment of whatever request, takes nobody along: the
// server goes on, what they asked for is done whole or not at all, and the trail agrees
// with the tables.
func TestWhoHangsUpTakesNobodyAlong(t *testing.T) {
	const together = 8
	const longest = 8 * time.Millisecond // most are answered in that time, and most are hung up on
	eachMatrix(t, func(t *testing.T, database string, m *matrix) {
		findings := func() []workflow.TrailFinding {
			m.sequence()
			report, err := m.service.VerifyTrail(t.Context(), nil)
			must(t, err)
			return report.Findings
		}
		before := findings() // accounts of a realm were spoiled behind the trail's back
		recipes := m.routes(t)
		random := rand.New(rand.NewPCG(3, 4))
		var asked, left atomic.Int64
		for _, a := range api.AccessTable(m.service) {
			r := recipes[a.Method+" "+a.Path]
			if strings.Contains(r.body, "password") {
				continue // a try that is hung up counts as one that failed, and the account would soon wait
			}
			for _, c := range m.lets(a, r) {
				var callers sync.WaitGroup
				for range together {
					req, _ := m.request(a, r, c)
					ctx, hangUp := context.WithTimeout(t.Context(), time.Duration(random.Int64N(int64(longest))))
					callers.Go(func() {
						defer hangUp()
						res, err := http.DefaultClient.Do(req.WithContext(ctx))
						if err == nil {
							_, err = io.Copy(io.Discard, res.Body)
							_ = res.Body.Close()
						}
						if asked.Add(1); err != nil {
							left.Add(1)
						}
					})
				}
				callers.Wait()
			}
		}
		tell(t, "hanging up on %s: %d of %d requests", database, left.Load(), asked.Load())
		if left.Load() < asked.Load()/4 || left.Load() > asked.Load()*19/20 {
			t.Errorf("%d of %d hung up: too few or too many to tell anything", left.Load(), asked.Load())
		}
		for line := range strings.Lines(m.log.String()) {
			if strings.Contains(line, `"msg":"panic"`) || strings.Contains(line, `"level":"WARN"`) && strings.Contains(line, "store.stopped") {
				t.Fatalf("it was logged: %s", line)
			}
		}
		if after := findings(); !reflect.DeepEqual(after, before) {
			t.Errorf("the trail does not verify: %+v, before %+v", after, before)
		}
	})
}

// lets are the cells of a route that are let in, one for each role and object.
func (m *matrix) lets(a api.Access, r recipe) (list []cell) {
	for _, o := range m.objects(a, r) {
		for _, g := range roles {
			c := m.good[g.Role][0]
			if m.policy.answers(m.t, a, g, o) == allowed {
				list = append(list, cell{role: g, by: c, about: o, answer: allowed})
			}
		}
	}
	return list
}
