-- +goose Up
CREATE TABLE campaigns (
    code           TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    starts         TEXT    NOT NULL,
    params_version INTEGER NOT NULL,
    open_period    TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     TEXT    NOT NULL,
    PRIMARY KEY (code)
) STRICT;
