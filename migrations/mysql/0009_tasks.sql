-- +goose Up
-- search holds code, subject and requirement folded for case and width, so that
-- a text search finds the same tasks on every database.
CREATE TABLE IF NOT EXISTS tasks (
    id          VARCHAR(64) NOT NULL,
    campaign    VARCHAR(64) NOT NULL,
    code        VARCHAR(64) NOT NULL,
    seq         INT         NOT NULL,
    region      VARCHAR(16) NOT NULL,
    key_task    BOOLEAN     NOT NULL,
    subject     MEDIUMTEXT  NOT NULL,
    requirement MEDIUMTEXT  NOT NULL,
    search      MEDIUMTEXT  NOT NULL,
    measures    MEDIUMTEXT  NOT NULL,
    state       VARCHAR(32) NOT NULL,
    period      VARCHAR(64) NOT NULL,
    report_id   VARCHAR(64) NOT NULL,
    flag_id     VARCHAR(64) NOT NULL,
    verdict     VARCHAR(16) NOT NULL,
    version     INT         NOT NULL,
    created_at  DATETIME(6) NOT NULL,
    updated_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT tasks_order UNIQUE (campaign, region, seq),
    CONSTRAINT tasks_code UNIQUE (campaign, code),
    CONSTRAINT tasks_region FOREIGN KEY (campaign, region) REFERENCES campaign_regions (campaign, region)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
