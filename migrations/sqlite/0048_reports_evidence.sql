-- +goose Up
-- The evidence files that a report names: a JSON list, empty for none.
ALTER TABLE reports ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
