-- +goose Up
-- What binds a review to the content of its report, and the person whose deputy the
-- reviewer was. Reviews made before have none of it.
ALTER TABLE reviews ADD COLUMN report_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reviews ADD COLUMN report_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE reviews ADD COLUMN on_behalf TEXT NOT NULL DEFAULT '';
