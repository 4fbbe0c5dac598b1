-- +goose Up
-- What the page keeps for one person: the language, and until when the inbox was read.
CREATE TABLE preferences (
    user_id    TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    read_until TEXT    NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT preferences_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
