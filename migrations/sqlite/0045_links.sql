-- +goose Up
CREATE TABLE links (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    issuer     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT links_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
