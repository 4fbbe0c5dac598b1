-- +goose Up
-- The last day that the district of a task has, empty while nobody waits for it: what
-- lists by due date go by. It follows from the period and the flag.
SET @tasks_due = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'tasks' AND column_name = 'due') = 0,
    'ALTER TABLE tasks ADD COLUMN due VARCHAR(10) NOT NULL DEFAULT ('''')', 'DO 0');
PREPARE tasks_due FROM @tasks_due;
EXECUTE tasks_due;
DEALLOCATE PREPARE tasks_due;
