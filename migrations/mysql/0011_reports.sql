-- +goose Up
CREATE TABLE IF NOT EXISTS reports (
    id            VARCHAR(64) NOT NULL,
    task_id       VARCHAR(64) NOT NULL,
    number        INT         NOT NULL,
    period        VARCHAR(64) NOT NULL,
    flag_id       VARCHAR(64) NOT NULL,
    author        VARCHAR(64) NOT NULL,
    evidence_date VARCHAR(10) NOT NULL,
    narrative     MEDIUMTEXT  NOT NULL,
    figures       MEDIUMTEXT  NOT NULL,
    assessment    MEDIUMTEXT  NOT NULL,
    status        VARCHAR(16) NOT NULL,
    submitted_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT reports_number UNIQUE (task_id, number),
    CONSTRAINT reports_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
