-- +goose Up
-- Goes up in every transaction that changes who a credential stands for: what a
-- server read of that before counts for as long as the version is the same.
CREATE TABLE IF NOT EXISTS identity_version (
    id      INT    NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
