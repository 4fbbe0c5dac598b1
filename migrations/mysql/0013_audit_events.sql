-- +goose Up
-- canonical is the event, the other columns only find it. accepted_version is
-- the version of accepted events and NULL for refused attempts, so that only
-- accepted events are consecutive and unique.
CREATE TABLE IF NOT EXISTS audit_events (
    id               VARCHAR(64)  NOT NULL,
    at               DATETIME(6)  NOT NULL,
    outcome          VARCHAR(16)  NOT NULL,
    name             VARCHAR(64)  NOT NULL,
    subject          VARCHAR(32)  NOT NULL,
    subject_id       VARCHAR(255) NOT NULL,
    version          INT          NOT NULL,
    accepted_version INT          NULL,
    actor_id         VARCHAR(255) NOT NULL,
    campaign         VARCHAR(64)  NOT NULL,
    region           VARCHAR(16)  NOT NULL,
    period           VARCHAR(64)  NOT NULL,
    canonical        LONGBLOB     NOT NULL,
    PRIMARY KEY (id),
    KEY audit_events_subject (subject, subject_id, version),
    CONSTRAINT audit_events_accepted UNIQUE (subject, subject_id, accepted_version)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
