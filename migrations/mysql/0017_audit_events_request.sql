-- +goose Up
-- A request is carried out once.
SET @request = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND index_name = 'audit_events_request') = 0,
    'CREATE UNIQUE INDEX audit_events_request ON audit_events (actor_id, request_key)', 'DO 0');
PREPARE request FROM @request;
EXECUTE request;
DEALLOCATE PREPARE request;
