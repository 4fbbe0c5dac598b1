-- +goose Up
-- Keyed hashes of the codes that stand in for a lost second factor, each once.
CREATE TABLE IF NOT EXISTS recovery_codes (
    user_id VARCHAR(64)  NOT NULL,
    hash    VARCHAR(128) NOT NULL,
    PRIMARY KEY (user_id, hash),
    CONSTRAINT recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
