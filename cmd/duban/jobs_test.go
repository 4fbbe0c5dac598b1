package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestAJobThatMeetsADefectBeginsAnew, and ends when the server does, also while it rests.
func TestAJobThatMeetsADefectBeginsAnew(t *testing.T) {
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	runs := 0
	keepDoing(t.Context(), log, "verify", time.Millisecond, func(context.Context) {
		if runs++; runs < 3 {
			panic("a defect")
		}
	})
	if runs != 3 || strings.Count(said.String(), "job=verify panic=\"a defect\"") != 2 || !strings.Contains(said.String(), "jobs_test.go") {
		t.Errorf("%d runs: %s", runs, said.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	keepDoing(ctx, log, "verify", time.Hour, func(context.Context) { cancel(); panic("a defect") })
}
