-- +goose Up
-- Events that are not in the log yet, in the order of their making: those of one
-- subject follow one another, since each is made while the subject is locked.
CREATE TABLE audit_pending (
    n        INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL
) STRICT;
