-- +goose Up
-- A task's number is its campaign's next one: two that were given the same at once
-- are told apart here, and the highest is found without counting. MySQL has no
-- CREATE INDEX IF NOT EXISTS.
SET @tasks_seq = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'tasks' AND index_name = 'tasks_seq') = 0,
    'CREATE UNIQUE INDEX tasks_seq ON tasks (campaign, seq)', 'DO 0');
PREPARE tasks_seq FROM @tasks_seq;
EXECUTE tasks_seq;
DEALLOCATE PREPARE tasks_seq;
