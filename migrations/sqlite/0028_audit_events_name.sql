-- +goose Up
-- Events of one kind.
CREATE INDEX audit_events_name ON audit_events (name, at, id);
