-- +goose Up
CREATE TABLE flags (
    id         TEXT NOT NULL,
    task_id    TEXT NOT NULL,
    period     TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    rectify_by TEXT NOT NULL,
    opened_by  TEXT NOT NULL,
    opened_at  TEXT NOT NULL,
    cleared_by TEXT NOT NULL,
    cleared_at TEXT NULL,
    PRIMARY KEY (id),
    CONSTRAINT flags_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;

CREATE INDEX flags_task ON flags (task_id, opened_at);
