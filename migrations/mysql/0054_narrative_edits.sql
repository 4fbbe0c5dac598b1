-- +goose Up
-- Narratives as a supervisor put them for print. Nothing is ever changed.
CREATE TABLE IF NOT EXISTS narrative_edits (
    id        VARCHAR(64) NOT NULL,
    campaign  VARCHAR(64) NOT NULL,
    period    VARCHAR(64) NOT NULL,
    task_id   VARCHAR(64) NOT NULL,
    report_id VARCHAR(64) NOT NULL,
    original  MEDIUMTEXT  NOT NULL,
    narrative MEDIUMTEXT  NOT NULL,
    reason    MEDIUMTEXT  NOT NULL,
    editor    VARCHAR(64) NOT NULL,
    at        DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY narrative_edits_period (campaign, period, at),
    CONSTRAINT narrative_edits_report FOREIGN KEY (report_id) REFERENCES reports (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
