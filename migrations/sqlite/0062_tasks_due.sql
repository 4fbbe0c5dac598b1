-- +goose Up
-- The last day that the district of a task has, empty while nobody waits for it: what
-- lists by due date go by. It follows from the period and the flag.
ALTER TABLE tasks ADD COLUMN due TEXT NOT NULL DEFAULT '';
