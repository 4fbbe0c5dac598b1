-- +goose Up
-- What binds a review to the content of its report, and the person whose deputy the
-- reviewer was. Reviews made before have none of it.
SET @reviews_report = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'reviews' AND column_name = 'report_digest') = 0,
    'ALTER TABLE reviews ADD COLUMN report_number INT NOT NULL DEFAULT 0, ADD COLUMN report_digest VARCHAR(64) NOT NULL DEFAULT '''', ADD COLUMN on_behalf VARCHAR(64) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE reviews_report FROM @reviews_report;
EXECUTE reviews_report;
DEALLOCATE PREPARE reviews_report;
