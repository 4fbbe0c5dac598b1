-- +goose Up
-- Events from before there was a log.
INSERT INTO audit_pending (event_id) SELECT id FROM audit_events ORDER BY subject, subject_id, version, id;
