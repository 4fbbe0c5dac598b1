-- +goose Up
-- A campaign as it was is rebuilt from the accepted events of it and its tasks, one
-- subject after the other.
CREATE INDEX audit_events_rebuild ON audit_events (campaign, subject, subject_id, accepted_version);
