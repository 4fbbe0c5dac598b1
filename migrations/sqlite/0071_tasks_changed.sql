-- +goose Up
-- Tasks in one state, by how long they have been as they are: the queue of reviews.
CREATE INDEX tasks_changed ON tasks (state, updated_at, id);
