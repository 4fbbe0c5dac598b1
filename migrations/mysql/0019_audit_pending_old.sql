-- +goose Up
-- Events from before there was a log.
INSERT INTO audit_pending (event_id)
    SELECT e.id FROM audit_events e WHERE NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.event_id = e.id)
    ORDER BY e.subject, e.subject_id, e.version, e.id;
