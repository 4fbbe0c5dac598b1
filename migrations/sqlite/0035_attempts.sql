-- +goose Up
-- How often it was tried to sign in to an account, or from an address, until when.
CREATE TABLE attempts (
    name    TEXT    NOT NULL,
    tries   INTEGER NOT NULL,
    ends_at TEXT    NULL,
    PRIMARY KEY (name)
) STRICT;

CREATE INDEX attempts_ends ON attempts (ends_at);
