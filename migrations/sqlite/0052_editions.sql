-- +goose Up
-- Issued lag tables. Nothing is ever changed.
CREATE TABLE editions (
    id        TEXT    NOT NULL,
    campaign  TEXT    NOT NULL,
    period    TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    header    TEXT    NOT NULL,
    row_count INTEGER NOT NULL,
    sha256    TEXT    NOT NULL,
    as_of     TEXT    NOT NULL,
    gaps      TEXT    NOT NULL,
    signed_by TEXT    NOT NULL,
    issued_by TEXT    NOT NULL,
    issued_at TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT editions_number UNIQUE (campaign, period, number),
    CONSTRAINT editions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
