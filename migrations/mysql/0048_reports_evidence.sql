-- +goose Up
-- The evidence files that a report names: a JSON list, empty for none. MySQL has no
-- ADD COLUMN IF NOT EXISTS.
SET @reports_evidence = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'reports' AND column_name = 'evidence') = 0,
    'ALTER TABLE reports ADD COLUMN evidence MEDIUMTEXT NOT NULL DEFAULT ('''')', 'DO 0');
PREPARE reports_evidence FROM @reports_evidence;
EXECUTE reports_evidence;
DEALLOCATE PREPARE reports_evidence;
