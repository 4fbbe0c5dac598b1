-- +goose Up
CREATE TABLE IF NOT EXISTS grants (
    user_id  VARCHAR(64) NOT NULL,
    position INT         NOT NULL,
    role     VARCHAR(64) NOT NULL,
    region   VARCHAR(16) NOT NULL,
    PRIMARY KEY (user_id, position),
    CONSTRAINT grants_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
