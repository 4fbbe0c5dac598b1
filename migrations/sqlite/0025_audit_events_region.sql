-- +goose Up
-- The events of a region: what a reporter may search.
CREATE INDEX audit_events_region ON audit_events (region, at, id);
