-- +goose Up
-- Hashes of passwords that an account had before and may not have again.
CREATE TABLE IF NOT EXISTS past_passwords (
    user_id  VARCHAR(64)  NOT NULL,
    ended_at DATETIME(6)  NOT NULL,
    hash     VARCHAR(255) NOT NULL,
    PRIMARY KEY (user_id, ended_at),
    CONSTRAINT past_passwords_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
