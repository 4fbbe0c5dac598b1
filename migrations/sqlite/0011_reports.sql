-- +goose Up
CREATE TABLE reports (
    id            TEXT    NOT NULL,
    task_id       TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    period        TEXT    NOT NULL,
    flag_id       TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    evidence_date TEXT    NOT NULL,
    narrative     TEXT    NOT NULL,
    figures       TEXT    NOT NULL,
    assessment    TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    submitted_at  TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT reports_number UNIQUE (task_id, number),
    CONSTRAINT reports_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;
