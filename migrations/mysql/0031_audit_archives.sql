-- +goose Up
-- Where old events were put before they were deleted: those with a log_index below
-- until are in file, which has the digest sha256 and the signed checkpoint note.
CREATE TABLE IF NOT EXISTS audit_archives (
    until       BIGINT        NOT NULL,
    file        VARCHAR(1024) NOT NULL,
    sha256      VARCHAR(64)   NOT NULL,
    note        LONGBLOB      NOT NULL,
    archived_at DATETIME(6)   NOT NULL,
    PRIMARY KEY (until)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
