-- +goose Up
-- The key is the client's and is compared byte by byte.
CREATE TABLE replays (
    actor_id   TEXT NOT NULL,
    replay_key TEXT NOT NULL,
    hash       TEXT NOT NULL,
    answer     BLOB NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (actor_id, replay_key)
) STRICT;
