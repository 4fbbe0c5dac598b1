-- +goose Up
-- What was signed about the log. note is the signed text, size only finds it.
CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;
