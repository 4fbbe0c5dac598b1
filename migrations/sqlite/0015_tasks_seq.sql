-- +goose Up
-- A task's number is its campaign's next one: two that were given the same at once
-- are told apart here, and the highest is found without counting.
CREATE UNIQUE INDEX tasks_seq ON tasks (campaign, seq);
