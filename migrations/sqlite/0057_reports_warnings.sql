-- +goose Up
-- What does not go together in a report (JSON), for the reviewer, empty for nothing.
ALTER TABLE reports ADD COLUMN warnings TEXT NOT NULL DEFAULT '';
