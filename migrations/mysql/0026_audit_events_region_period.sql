-- +goose Up
-- The events of a region and period, which lie behind those of all later periods.
SET @audit_events_region_period = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_region_period') = 0,
    'CREATE INDEX audit_events_region_period ON audit_events (region, period, at, id)', 'DO 0');
PREPARE audit_events_region_period FROM @audit_events_region_period;
EXECUTE audit_events_region_period;
DEALLOCATE PREPARE audit_events_region_period;
