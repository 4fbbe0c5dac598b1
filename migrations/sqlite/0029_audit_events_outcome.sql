-- +goose Up
-- Refused attempts, which are rare. With both outcomes merged, all events by time.
CREATE INDEX audit_events_outcome ON audit_events (outcome, at, id);
