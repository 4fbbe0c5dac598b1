-- +goose Up
-- The events of a campaign, newest first.
SET @audit_events_campaign = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_campaign') = 0,
    'CREATE INDEX audit_events_campaign ON audit_events (campaign, at, id)', 'DO 0');
PREPARE audit_events_campaign FROM @audit_events_campaign;
EXECUTE audit_events_campaign;
DEALLOCATE PREPARE audit_events_campaign;
