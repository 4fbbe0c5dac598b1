-- +goose Up
-- Verifications of the audit trail: asked for, under way, ended. slot is 1 until one
-- has ended, so that there is one at a time.
CREATE TABLE audit_verifications (
    id          TEXT    NOT NULL,
    asked_by    TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    asked_at    TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    slot        INTEGER NULL,
    lease_until TEXT    NULL,
    started_at  TEXT    NULL,
    ended_at    TEXT    NULL,
    result      TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT audit_verifications_slot UNIQUE (slot)
) STRICT;

CREATE INDEX audit_verifications_asked ON audit_verifications (asked_at);
