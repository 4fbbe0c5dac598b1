-- +goose Up
-- Keyed hashes of the codes that stand in for a lost second factor, each once.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (user_id, hash),
    CONSTRAINT recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
