-- +goose Up
CREATE TABLE grants (
    user_id  TEXT    NOT NULL,
    position INTEGER NOT NULL,
    role     TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    PRIMARY KEY (user_id, position),
    CONSTRAINT grants_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
