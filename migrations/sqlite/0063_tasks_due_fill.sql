-- +goose Up
-- Tasks of before there was the column.
UPDATE tasks SET due = CASE state
    WHEN 'assigned' THEN COALESCE((SELECT p.report_by FROM periods p WHERE p.campaign = tasks.campaign AND p.code = tasks.period), '')
    WHEN 'flagged_lagging' THEN COALESCE((SELECT f.rectify_by FROM flags f WHERE f.id = tasks.flag_id), '')
    ELSE '' END;
