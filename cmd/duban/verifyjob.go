package main

import (
	"context"
	"log/slog"
	"time"

	"duban/configs"
	"duban/workflow"
	"duban/workflow/calendar"
)

// askedEvery is how often a server looks for a verification that was asked for.
const askedEvery = 2 * time.Second

// verifyTrail carries out the verifications that are asked for, and asks for one every
// night while it serves, until ctx is done. Of several instances one runs each.
func verifyTrail(ctx context.Context, h *house, log *slog.Logger) {
	by := operator()
	by.Channel = "job"
	night := lastNight(h.config.Audit.VerifyHour, time.Now())
	for {
		if last := lastNight(h.config.Audit.VerifyHour, time.Now()); last.After(night) {
			if err := h.service.NightlyVerification(ctx, workflow.Call{Actor: by}, last); err == nil {
				night = last
			} else if ctx.Err() == nil {
				log.Warn("no verification of the trail is asked for", "error", err)
			}
		}
		ran, err := h.service.VerifyAsked(ctx, func() ([]workflow.KeptCheckpoint, error) { return keptOutside(h.config.CheckpointsPath(), nil) })
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("the trail is not verified", "error", err)
		case ran:
			log.Info("the trail is verified")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(askedEvery):
		}
	}
}

// lastNight is the last moment up to now at which the hour struck; none for an hour
// that never does.
func lastNight(hour int, now time.Time) time.Time {
	if hour == configs.NeverVerify {
		return time.Time{}
	}
	struck := calendar.Of(now).Start().Add(time.Duration(hour) * time.Hour)
	if struck.After(now) {
		struck = struck.AddDate(0, 0, -1)
	}
	return struck
}
