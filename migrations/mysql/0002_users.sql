-- +goose Up
CREATE TABLE IF NOT EXISTS users (
    id            VARCHAR(64)  NOT NULL,
    login         VARCHAR(64)  NOT NULL,
    name          VARCHAR(400) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    disabled      BOOLEAN      NOT NULL,
    version       INT          NOT NULL,
    created_at    DATETIME(6)  NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT users_login UNIQUE (login)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
