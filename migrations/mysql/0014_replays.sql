-- +goose Up
-- The key is the client's and is compared byte by byte.
CREATE TABLE IF NOT EXISTS replays (
    actor_id   VARCHAR(64)    NOT NULL,
    replay_key VARBINARY(255) NOT NULL,
    hash       VARCHAR(128)   NOT NULL,
    answer     LONGBLOB       NULL,
    created_at DATETIME(6)    NOT NULL,
    PRIMARY KEY (actor_id, replay_key)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
