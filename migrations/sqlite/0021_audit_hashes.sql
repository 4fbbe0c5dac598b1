-- +goose Up
-- The Merkle tree over the log (RFC 6962), by the positions of stored hashes.
CREATE TABLE audit_hashes (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL
) STRICT;
