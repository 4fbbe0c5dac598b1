-- +goose Up
-- The person whose deputy the author was.
SET @reports_on_behalf = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'reports' AND column_name = 'on_behalf') = 0,
    'ALTER TABLE reports ADD COLUMN on_behalf VARCHAR(64) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE reports_on_behalf FROM @reports_on_behalf;
EXECUTE reports_on_behalf;
DEALLOCATE PREPARE reports_on_behalf;
