-- +goose Up
-- What does not go together in a report (JSON), for the reviewer, empty for nothing.
SET @reports_warnings = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'reports' AND column_name = 'warnings') = 0,
    'ALTER TABLE reports ADD COLUMN warnings MEDIUMTEXT NOT NULL DEFAULT ('''') AFTER assessment', 'DO 0');
PREPARE reports_warnings FROM @reports_warnings;
EXECUTE reports_warnings;
DEALLOCATE PREPARE reports_warnings;
