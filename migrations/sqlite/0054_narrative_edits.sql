-- +goose Up
-- Narratives as a supervisor put them for print. Nothing is ever changed.
CREATE TABLE narrative_edits (
    id        TEXT NOT NULL,
    campaign  TEXT NOT NULL,
    period    TEXT NOT NULL,
    task_id   TEXT NOT NULL,
    report_id TEXT NOT NULL,
    original  TEXT NOT NULL,
    narrative TEXT NOT NULL,
    reason    TEXT NOT NULL,
    editor    TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT narrative_edits_report FOREIGN KEY (report_id) REFERENCES reports (id)
) STRICT;
CREATE INDEX narrative_edits_period ON narrative_edits (campaign, period, at);
