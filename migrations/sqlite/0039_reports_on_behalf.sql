-- +goose Up
-- The person whose deputy the author was.
ALTER TABLE reports ADD COLUMN on_behalf TEXT NOT NULL DEFAULT '';
