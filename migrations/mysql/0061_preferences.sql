-- +goose Up
-- What the page keeps for one person: the language, and until when the inbox was read.
CREATE TABLE IF NOT EXISTS preferences (
    user_id    VARCHAR(64) NOT NULL,
    language   VARCHAR(16) NOT NULL,
    read_until DATETIME(6) NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT preferences_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
