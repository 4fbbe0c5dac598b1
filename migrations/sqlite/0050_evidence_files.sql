-- +goose Up
-- Files that are in the store of evidence, or on their way into it. A file that was
-- removed and is stored again is of another generation.
CREATE TABLE evidence_files (
    sha256     TEXT NOT NULL,
    generation TEXT NOT NULL,
    PRIMARY KEY (sha256)
) STRICT;
