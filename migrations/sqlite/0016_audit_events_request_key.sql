-- +goose Up
-- The Idempotency-Key of the request, in its first event, NULL for none.
ALTER TABLE audit_events ADD COLUMN request_key TEXT NULL;
