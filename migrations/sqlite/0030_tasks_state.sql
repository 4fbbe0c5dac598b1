-- +goose Up
-- Tasks that wait in one state, in the order of lists, with what tells which are overdue.
CREATE INDEX tasks_state ON tasks (state, campaign, region, seq, period, id);
