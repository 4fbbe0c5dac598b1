-- +goose Up
-- Tasks of a region by due date.
CREATE INDEX tasks_due ON tasks (region, due, campaign, seq);
