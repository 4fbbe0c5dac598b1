-- +goose Up
-- The events of a region and period, which lie behind those of all later periods.
CREATE INDEX audit_events_region_period ON audit_events (region, period, at, id);
