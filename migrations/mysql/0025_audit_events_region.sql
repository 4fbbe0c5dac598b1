-- +goose Up
-- The events of a region: what a reporter may search.
SET @audit_events_region = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_region') = 0,
    'CREATE INDEX audit_events_region ON audit_events (region, at, id)', 'DO 0');
PREPARE audit_events_region FROM @audit_events_region;
EXECUTE audit_events_region;
DEALLOCATE PREPARE audit_events_region;
