-- +goose Up
-- Events of one kind.
SET @audit_events_name = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_name') = 0,
    'CREATE INDEX audit_events_name ON audit_events (name, at, id)', 'DO 0');
PREPARE audit_events_name FROM @audit_events_name;
EXECUTE audit_events_name;
DEALLOCATE PREPARE audit_events_name;
