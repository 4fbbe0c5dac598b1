-- +goose Up
-- The log: which event has which index, 0, 1, 2, ...
CREATE TABLE IF NOT EXISTS audit_log (
    log_index BIGINT      NOT NULL,
    event_id  VARCHAR(64) NOT NULL,
    PRIMARY KEY (log_index),
    CONSTRAINT audit_log_event UNIQUE (event_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
