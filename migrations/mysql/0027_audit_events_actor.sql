-- +goose Up
-- What a person did.
SET @audit_events_actor = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_actor') = 0,
    'CREATE INDEX audit_events_actor ON audit_events (actor_id, at, id)', 'DO 0');
PREPARE audit_events_actor FROM @audit_events_actor;
EXECUTE audit_events_actor;
DEALLOCATE PREPARE audit_events_actor;
