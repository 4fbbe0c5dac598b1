-- +goose Up
-- canonical is the event, the other columns only find it. accepted_version is
-- the version of accepted events and NULL for refused attempts, so that only
-- accepted events are consecutive and unique.
CREATE TABLE audit_events (
    id               TEXT    NOT NULL,
    at               TEXT    NOT NULL,
    outcome          TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    subject          TEXT    NOT NULL,
    subject_id       TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    accepted_version INTEGER NULL,
    actor_id         TEXT    NOT NULL,
    campaign         TEXT    NOT NULL,
    region           TEXT    NOT NULL,
    period           TEXT    NOT NULL,
    canonical        BLOB    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT audit_events_accepted UNIQUE (subject, subject_id, accepted_version)
) STRICT;

CREATE INDEX audit_events_subject ON audit_events (subject, subject_id, version);
