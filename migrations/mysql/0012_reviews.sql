-- +goose Up
CREATE TABLE IF NOT EXISTS reviews (
    id         VARCHAR(64) NOT NULL,
    task_id    VARCHAR(64) NOT NULL,
    period     VARCHAR(64) NOT NULL,
    event      VARCHAR(64) NOT NULL,
    report_id  VARCHAR(64) NOT NULL,
    flag_id    VARCHAR(64) NOT NULL,
    assessment MEDIUMTEXT  NOT NULL,
    verdict    VARCHAR(16) NOT NULL,
    reason     MEDIUMTEXT  NOT NULL,
    reviewer   VARCHAR(64) NOT NULL,
    at         DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    KEY reviews_task (task_id, period, at),
    CONSTRAINT reviews_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
