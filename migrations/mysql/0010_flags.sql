-- +goose Up
CREATE TABLE IF NOT EXISTS flags (
    id         VARCHAR(64) NOT NULL,
    task_id    VARCHAR(64) NOT NULL,
    period     VARCHAR(64) NOT NULL,
    verdict    VARCHAR(16) NOT NULL,
    reason     MEDIUMTEXT  NOT NULL,
    rectify_by VARCHAR(10) NOT NULL,
    opened_by  VARCHAR(64) NOT NULL,
    opened_at  DATETIME(6) NOT NULL,
    cleared_by VARCHAR(64) NOT NULL,
    cleared_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    KEY flags_task (task_id, opened_at),
    CONSTRAINT flags_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
