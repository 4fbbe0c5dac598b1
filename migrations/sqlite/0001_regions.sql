-- +goose Up
CREATE TABLE regions (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (code)
) STRICT;
