-- +goose Up
-- The Idempotency-Key of the request, in its first event, NULL for none.
SET @request_key = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'audit_events' AND column_name = 'request_key') = 0,
    'ALTER TABLE audit_events ADD COLUMN request_key VARBINARY(255) NULL', 'DO 0');
PREPARE request_key FROM @request_key;
EXECUTE request_key;
DEALLOCATE PREPARE request_key;
