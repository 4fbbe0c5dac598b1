package apitest

import (
	"net/http"
	"testing"
	"time"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

const verificationPath = "/api/v1/audit/verification"

func outside(notes ...string) func() ([]workflow.KeptCheckpoint, error) {
	return func() (kept []workflow.KeptCheckpoint, err error) {
		for _, n := range notes {
			kept = append(kept, workflow.KeptCheckpoint{From: "checkpoints.log", Note: []byte(n)})
		}
		return kept, nil
	}
}

func TestAnAuditorHasTheTrailVerifiedAndSeesWhatCameOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		r := newWorld(t, store)
		r.signing()
		r.sequence()
		status := func() answer { return r.do("auditor", http.MethodGet, verificationPath, "") }
		if a := status(); a.status != 200 || a.at("latest") != nil || a.at("running") != nil || a.at("checkpoint.size") == nil || a.at("checkpoint.root") == "" {
			t.Fatalf("before: %d %s", a.status, a.raw)
		}
		run := func(kept ...string) {
			t.Helper()
			first := r.do("auditor", http.MethodPost, verificationPath, "")
			second := r.do("auditor", http.MethodPost, verificationPath, "")
			if first.status != 202 || first.at("state") != "asked" || first.at("asked_by") != r.ids["auditor"] || second.at("id") != first.at("id") {
				t.Fatalf("asked: %d %s, then %s", first.status, first.raw, second.raw)
			}
			if a := status(); a.at("running.id") != first.at("id") {
				t.Errorf("waiting: %s", a.raw)
			}
			r.sequence()
			for _, want := range []bool{true, false} {
				if ran, err := r.service.VerifyAsked(t.Context(), outside(kept...)); err != nil || ran != want {
					t.Fatalf("it ran: %v, %v, want %v", ran, err, want)
				}
			}
		}
		run()
		a := status()
		if a.at("running") != nil || a.at("latest.state") != "done" || a.at("latest.asked_by_name") != "姓名auditor" || a.at("latest.nightly") != false ||
			a.at("latest.result.clean") != true || a.at("latest.result.findings") != 0.0 || a.at("latest.result.size").(float64) < 10 || a.at("latest.result.checkpoint.size") != a.at("checkpoint.size") {
			t.Errorf("verified: %s", a.raw)
		}
		run("no checkpoint")
		if a := status(); a.at("latest.result.clean") != false || a.at("latest.result.findings") != 1.0 || len((answer{body: map[string]any{"items": a.at("latest.result.first_findings")}}).items()) != 1 {
			t.Errorf("with a finding: %s", a.raw)
		}
	})
}

// Of several instances one verifies; when it falls silent, another takes it over, and
// what the first one says then counts no more.
func TestOneVerificationRunsAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store workflow.Store) {
		r := newWorld(t, store)
		r.signing()
		r.sequence()
		job := workflow.OperatorActor("test")
		job.Channel = "job"
		must(t, r.service.NightlyVerification(t.Context(), workflow.Call{Actor: job}, r.now()))
		held, silent := make(chan struct{}), make(chan struct{})
		ended := make(chan error)
		go func() {
			_, err := r.service.VerifyAsked(t.Context(), func() ([]workflow.KeptCheckpoint, error) {
				close(held)
				<-silent
				return nil, nil
			})
			ended <- err
		}()
		<-held
		if ran, err := r.service.VerifyAsked(t.Context(), outside()); ran || err != nil {
			t.Errorf("a second one ran: %v, %v", ran, err)
		}
		r.later.Add(int64(5 * time.Minute))
		if ran, err := r.service.VerifyAsked(t.Context(), outside()); !ran || err != nil {
			t.Errorf("nobody took it over: %v, %v", ran, err)
		}
		close(silent)
		if err := <-ended; err == nil {
			t.Error("the first one's result was kept as well")
		}
		a := r.do("auditor", http.MethodGet, verificationPath, "")
		if a.at("latest.state") != "done" || a.at("latest.nightly") != true || a.at("latest.asked_by") != nil {
			t.Errorf("in the end: %s", a.raw)
		}
		// Once a night.
		must(t, r.service.NightlyVerification(t.Context(), workflow.Call{Actor: job}, r.now().Add(-time.Hour)))
		if a := r.do("auditor", http.MethodGet, verificationPath, ""); a.at("running") != nil {
			t.Errorf("asked for again in one night: %s", a.raw)
		}
	})
}
