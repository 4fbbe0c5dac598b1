-- +goose Up
-- Hashes of passwords that an account had before and may not have again.
CREATE TABLE past_passwords (
    user_id  TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    hash     TEXT NOT NULL,
    PRIMARY KEY (user_id, ended_at),
    CONSTRAINT past_passwords_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
