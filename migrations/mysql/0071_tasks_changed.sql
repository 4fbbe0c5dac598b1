-- +goose Up
-- Tasks in one state, by how long they have been as they are: the queue of reviews.
SET @tasks_changed = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'tasks' AND index_name = 'tasks_changed') = 0,
    'CREATE INDEX tasks_changed ON tasks (state, updated_at, id)', 'DO 0');
PREPARE tasks_changed FROM @tasks_changed;
EXECUTE tasks_changed;
DEALLOCATE PREPARE tasks_changed;
