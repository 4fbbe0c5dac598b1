-- +goose Up
-- The log: which event has which index, 0, 1, 2, ...
CREATE TABLE audit_log (
    log_index INTEGER PRIMARY KEY,
    event_id  TEXT NOT NULL,
    CONSTRAINT audit_log_event UNIQUE (event_id)
) STRICT;
