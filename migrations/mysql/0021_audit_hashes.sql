-- +goose Up
-- The Merkle tree over the log (RFC 6962), by the positions of stored hashes.
CREATE TABLE IF NOT EXISTS audit_hashes (
    position BIGINT     NOT NULL,
    hash     BINARY(32) NOT NULL,
    PRIMARY KEY (position)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
