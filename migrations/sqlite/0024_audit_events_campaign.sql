-- +goose Up
-- The events of a campaign, newest first.
CREATE INDEX audit_events_campaign ON audit_events (campaign, at, id);
