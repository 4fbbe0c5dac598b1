-- +goose Up
-- Where old events were put before they were deleted: those with a log_index below
-- until are in file, which has the digest sha256 and the signed checkpoint note.
CREATE TABLE audit_archives (
    until       INTEGER PRIMARY KEY,
    file        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    note        BLOB NOT NULL,
    archived_at TEXT NOT NULL
) STRICT;
