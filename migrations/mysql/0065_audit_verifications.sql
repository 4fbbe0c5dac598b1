-- +goose Up
-- Verifications of the audit trail: asked for, under way, ended. slot is 1 until one
-- has ended, so that there is one at a time.
CREATE TABLE IF NOT EXISTS audit_verifications (
    id          CHAR(36)     NOT NULL,
    asked_by    VARCHAR(64)  NOT NULL,
    channel     VARCHAR(20)  NOT NULL,
    asked_at    DATETIME(6)  NOT NULL,
    state       VARCHAR(20)  NOT NULL,
    slot        INT          NULL,
    lease_until DATETIME(6)  NULL,
    started_at  DATETIME(6)  NULL,
    ended_at    DATETIME(6)  NULL,
    result      MEDIUMTEXT   NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY audit_verifications_slot (slot),
    KEY audit_verifications_asked (asked_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
