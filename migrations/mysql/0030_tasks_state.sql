-- +goose Up
-- Tasks that wait in one state, in the order of lists, with what tells which are overdue.
SET @tasks_state = IF((SELECT COUNT(*) FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'tasks' AND index_name = 'tasks_state') = 0,
    'CREATE INDEX tasks_state ON tasks (state, campaign, region, seq, period, id)', 'DO 0');
PREPARE tasks_state FROM @tasks_state;
EXECUTE tasks_state;
DEALLOCATE PREPARE tasks_state;
