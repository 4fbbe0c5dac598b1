-- +goose Up
CREATE TABLE periods (
    campaign  TEXT NOT NULL,
    code      TEXT NOT NULL,
    label     TEXT NOT NULL,
    cutoff    TEXT NOT NULL,
    report_by TEXT NOT NULL,
    PRIMARY KEY (campaign, code),
    CONSTRAINT periods_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
