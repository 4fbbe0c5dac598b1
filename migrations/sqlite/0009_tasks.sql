-- +goose Up
-- search holds code, subject and requirement folded for case and width, so that
-- a text search finds the same tasks on every database.
CREATE TABLE tasks (
    id          TEXT    NOT NULL,
    campaign    TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    region      TEXT    NOT NULL,
    key_task    INTEGER NOT NULL,
    subject     TEXT    NOT NULL,
    requirement TEXT    NOT NULL,
    search      TEXT    NOT NULL,
    measures    TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    period      TEXT    NOT NULL,
    report_id   TEXT    NOT NULL,
    flag_id     TEXT    NOT NULL,
    verdict     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    created_at  TEXT    NOT NULL,
    updated_at  TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT tasks_order UNIQUE (campaign, region, seq),
    CONSTRAINT tasks_code UNIQUE (campaign, code),
    CONSTRAINT tasks_region FOREIGN KEY (campaign, region) REFERENCES campaign_regions (campaign, region)
) STRICT;
