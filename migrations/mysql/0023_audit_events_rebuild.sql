-- +goose Up
-- A campaign as it was is rebuilt from the accepted events of it and its tasks, one
-- subject after the other.
SET @of_campaign = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_rebuild') = 0,
    'CREATE INDEX audit_events_rebuild ON audit_events (campaign, subject, subject_id, accepted_version)', 'DO 0');
PREPARE of_campaign FROM @of_campaign;
EXECUTE of_campaign;
DEALLOCATE PREPARE of_campaign;
