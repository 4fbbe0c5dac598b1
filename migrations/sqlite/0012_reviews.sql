-- +goose Up
CREATE TABLE reviews (
    id         TEXT NOT NULL,
    task_id    TEXT NOT NULL,
    period     TEXT NOT NULL,
    event      TEXT NOT NULL,
    report_id  TEXT NOT NULL,
    flag_id    TEXT NOT NULL,
    assessment TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    reviewer   TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT reviews_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;

CREATE INDEX reviews_task ON reviews (task_id, period, at);
