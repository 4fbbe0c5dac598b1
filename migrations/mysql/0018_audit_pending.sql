-- +goose Up
-- Events that are not in the log yet, in the order of their making: those of one
-- subject follow one another, since each is made while the subject is locked.
CREATE TABLE IF NOT EXISTS audit_pending (
    n        BIGINT      NOT NULL AUTO_INCREMENT,
    event_id VARCHAR(64) NOT NULL,
    PRIMARY KEY (n)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
