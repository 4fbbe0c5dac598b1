-- +goose Up
CREATE TABLE users (
    id            TEXT    NOT NULL,
    login         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    created_at    TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT users_login UNIQUE (login)
) STRICT;
