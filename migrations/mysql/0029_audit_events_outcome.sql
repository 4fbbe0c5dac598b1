-- +goose Up
-- Refused attempts, which are rare. With both outcomes merged, all events by time.
SET @audit_events_outcome = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_outcome') = 0,
    'CREATE INDEX audit_events_outcome ON audit_events (outcome, at, id)', 'DO 0');
PREPARE audit_events_outcome FROM @audit_events_outcome;
EXECUTE audit_events_outcome;
DEALLOCATE PREPARE audit_events_outcome;
