-- +goose Up
-- Tasks of a region by due date.
SET @tasks_due = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'tasks' AND index_name = 'tasks_due') = 0,
    'CREATE INDEX tasks_due ON tasks (region, due, campaign, seq)', 'DO 0');
PREPARE tasks_due FROM @tasks_due;
EXECUTE tasks_due;
DEALLOCATE PREPARE tasks_due;
