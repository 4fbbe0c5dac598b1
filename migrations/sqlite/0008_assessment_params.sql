-- +goose Up
-- Append-only: an assessment names the version that it used.
CREATE TABLE assessment_params (
    campaign     TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    nearly_ratio TEXT    NOT NULL,
    pace_ratio   TEXT    NOT NULL,
    PRIMARY KEY (campaign, version),
    CONSTRAINT assessment_params_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
