-- +goose Up
CREATE TABLE IF NOT EXISTS credentials (
    hash       VARCHAR(128) NOT NULL,
    user_id    VARCHAR(64)  NOT NULL,
    kind       VARCHAR(16)  NOT NULL,
    label      VARCHAR(400) NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    last_seen  DATETIME(6)  NULL,
    expires_at DATETIME(6)  NULL,
    PRIMARY KEY (hash),
    KEY credentials_user (user_id, created_at),
    CONSTRAINT credentials_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
