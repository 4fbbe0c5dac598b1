-- +goose Up
CREATE TABLE credentials (
    hash       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen  TEXT NULL,
    expires_at TEXT NULL,
    PRIMARY KEY (hash),
    CONSTRAINT credentials_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;

CREATE INDEX credentials_user ON credentials (user_id, created_at);
