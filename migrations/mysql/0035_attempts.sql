-- +goose Up
-- How often it was tried to sign in to an account, or from an address, until when.
CREATE TABLE IF NOT EXISTS attempts (
    name    VARCHAR(100) NOT NULL,
    tries   INT          NOT NULL,
    ends_at DATETIME(6)  NULL,
    PRIMARY KEY (name),
    KEY attempts_ends (ends_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
