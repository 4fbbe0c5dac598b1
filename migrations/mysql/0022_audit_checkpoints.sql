-- +goose Up
-- What was signed about the log. note is the signed text, size only finds it.
CREATE TABLE IF NOT EXISTS audit_checkpoints (
    size BIGINT   NOT NULL,
    note LONGBLOB NOT NULL,
    PRIMARY KEY (size)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
