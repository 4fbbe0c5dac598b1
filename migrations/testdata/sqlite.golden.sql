CREATE TABLE assessment_params (
    campaign     TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    nearly_ratio TEXT    NOT NULL,
    pace_ratio   TEXT    NOT NULL,
    PRIMARY KEY (campaign, version),
    CONSTRAINT assessment_params_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
CREATE TABLE attempts (
    name    TEXT    NOT NULL,
    tries   INTEGER NOT NULL,
    ends_at TEXT    NULL,
    PRIMARY KEY (name)
) STRICT;
CREATE INDEX attempts_ends ON attempts (ends_at);
CREATE TRIGGER audit_archives_no_delete BEFORE DELETE ON audit_archives
BEGIN SELECT RAISE(ABORT, 'audit_archives is append-only'); END;
CREATE TRIGGER audit_archives_no_update BEFORE UPDATE ON audit_archives
BEGIN SELECT RAISE(ABORT, 'audit_archives is append-only'); END;
CREATE TABLE audit_archives (
    until       INTEGER PRIMARY KEY,
    file        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    note        BLOB NOT NULL,
    archived_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY,
    note BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_log l JOIN audit_archives a ON l.log_index < a.until WHERE l.event_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
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
    canonical        BLOB    NOT NULL, request_key TEXT NULL,
    PRIMARY KEY (id),
    CONSTRAINT audit_events_accepted UNIQUE (subject, subject_id, accepted_version)
) STRICT;
CREATE INDEX audit_events_actor ON audit_events (actor_id, at, id);
CREATE INDEX audit_events_campaign ON audit_events (campaign, at, id);
CREATE INDEX audit_events_name ON audit_events (name, at, id);
CREATE INDEX audit_events_outcome ON audit_events (outcome, at, id);
CREATE INDEX audit_events_rebuild ON audit_events (campaign, subject, subject_id, accepted_version);
CREATE INDEX audit_events_region ON audit_events (region, at, id);
CREATE INDEX audit_events_region_period ON audit_events (region, period, at, id);
CREATE UNIQUE INDEX audit_events_request ON audit_events (actor_id, request_key);
CREATE INDEX audit_events_subject ON audit_events (subject, subject_id, version);
CREATE TRIGGER audit_hashes_no_delete BEFORE DELETE ON audit_hashes
BEGIN SELECT RAISE(ABORT, 'audit_hashes is append-only'); END;
CREATE TRIGGER audit_hashes_no_update BEFORE UPDATE ON audit_hashes
BEGIN SELECT RAISE(ABORT, 'audit_hashes is append-only'); END;
CREATE TABLE audit_hashes (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END;
CREATE TABLE audit_log (
    log_index INTEGER PRIMARY KEY,
    event_id  TEXT NOT NULL,
    CONSTRAINT audit_log_event UNIQUE (event_id)
) STRICT;
CREATE TABLE audit_pending (
    n        INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL
) STRICT;
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
CREATE TABLE campaign_regions (
    campaign TEXT NOT NULL,
    region   TEXT NOT NULL,
    PRIMARY KEY (campaign, region),
    CONSTRAINT campaign_regions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code),
    CONSTRAINT campaign_regions_region FOREIGN KEY (region) REFERENCES regions (code)
) STRICT;
CREATE TABLE campaigns (
    code           TEXT    NOT NULL,
    title          TEXT    NOT NULL,
    starts         TEXT    NOT NULL,
    params_version INTEGER NOT NULL,
    open_period    TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    created_at     TEXT    NOT NULL,
    PRIMARY KEY (code)
) STRICT;
CREATE TABLE credentials (
    hash       TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen  TEXT NULL,
    expires_at TEXT NULL, needs TEXT NOT NULL DEFAULT '', scopes TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (hash),
    CONSTRAINT credentials_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX credentials_user ON credentials (user_id, created_at);
CREATE TABLE delegations (
    id         TEXT    NOT NULL,
    grantor    TEXT    NOT NULL,
    deputy     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    from_day   TEXT    NOT NULL,
    to_day     TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at TEXT    NOT NULL,
    ended_at   TEXT    NULL,
    PRIMARY KEY (id),
    CONSTRAINT delegations_grantor FOREIGN KEY (grantor) REFERENCES users (id),
    CONSTRAINT delegations_deputy FOREIGN KEY (deputy) REFERENCES users (id)
) STRICT;
CREATE INDEX delegations_deputy ON delegations (deputy, to_day);
CREATE INDEX delegations_grantor ON delegations (grantor, to_day);
CREATE TABLE edition_rows (
    edition_id TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    content    TEXT    NOT NULL,
    PRIMARY KEY (edition_id, n),
    CONSTRAINT edition_rows_edition FOREIGN KEY (edition_id) REFERENCES editions (id)
) STRICT;
CREATE TABLE editions (
    id        TEXT    NOT NULL,
    campaign  TEXT    NOT NULL,
    period    TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    header    TEXT    NOT NULL,
    row_count INTEGER NOT NULL,
    sha256    TEXT    NOT NULL,
    as_of     TEXT    NOT NULL,
    gaps      TEXT    NOT NULL,
    signed_by TEXT    NOT NULL,
    issued_by TEXT    NOT NULL,
    issued_at TEXT    NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT editions_number UNIQUE (campaign, period, number),
    CONSTRAINT editions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
CREATE TABLE evidence (
    id          TEXT    NOT NULL,
    task_id     TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    uploader    TEXT    NOT NULL,
    uploaded_at TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT evidence_upload UNIQUE (task_id, uploader, sha256),
    CONSTRAINT evidence_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;
CREATE INDEX evidence_file ON evidence (sha256);
CREATE TABLE evidence_files (
    sha256     TEXT NOT NULL,
    generation TEXT NOT NULL,
    PRIMARY KEY (sha256)
) STRICT;
CREATE TABLE flags (
    id         TEXT NOT NULL,
    task_id    TEXT NOT NULL,
    period     TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    rectify_by TEXT NOT NULL,
    opened_by  TEXT NOT NULL,
    opened_at  TEXT NOT NULL,
    cleared_by TEXT NOT NULL,
    cleared_at TEXT NULL,
    PRIMARY KEY (id),
    CONSTRAINT flags_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;
CREATE INDEX flags_task ON flags (task_id, opened_at);
CREATE TABLE grants (
    user_id  TEXT    NOT NULL,
    position INTEGER NOT NULL,
    role     TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    PRIMARY KEY (user_id, position),
    CONSTRAINT grants_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE TABLE identity_version (
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
CREATE TABLE links (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    issuer     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT links_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
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
CREATE TABLE past_passwords (
    user_id  TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    hash     TEXT NOT NULL,
    PRIMARY KEY (user_id, ended_at),
    CONSTRAINT past_passwords_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE TABLE periods (
    campaign  TEXT NOT NULL,
    code      TEXT NOT NULL,
    label     TEXT NOT NULL,
    cutoff    TEXT NOT NULL,
    report_by TEXT NOT NULL,
    PRIMARY KEY (campaign, code),
    CONSTRAINT periods_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) STRICT;
CREATE TABLE preferences (
    user_id    TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    read_until TEXT    NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT preferences_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (user_id, hash),
    CONSTRAINT recovery_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE TABLE regions (
    code TEXT NOT NULL,
    name TEXT NOT NULL, retired INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (code)
) STRICT;
CREATE TABLE replays (
    actor_id   TEXT NOT NULL,
    replay_key TEXT NOT NULL,
    hash       TEXT NOT NULL,
    answer     BLOB NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (actor_id, replay_key)
) STRICT;
CREATE TABLE report_drafts (
    task_id  TEXT    NOT NULL,
    user_id  TEXT    NOT NULL,
    period   TEXT    NOT NULL,
    content  TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    saved_at TEXT    NOT NULL,
    PRIMARY KEY (task_id, user_id),
    CONSTRAINT report_drafts_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX report_drafts_own ON report_drafts (user_id, saved_at);
CREATE TABLE reports (
    id            TEXT    NOT NULL,
    task_id       TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    period        TEXT    NOT NULL,
    flag_id       TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    evidence_date TEXT    NOT NULL,
    narrative     TEXT    NOT NULL,
    figures       TEXT    NOT NULL,
    assessment    TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    submitted_at  TEXT    NOT NULL, on_behalf TEXT NOT NULL DEFAULT '', evidence TEXT NOT NULL DEFAULT '', warnings TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    CONSTRAINT reports_number UNIQUE (task_id, number),
    CONSTRAINT reports_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;
CREATE TABLE reviews (
    id         TEXT NOT NULL,
    task_id    TEXT NOT NULL,
    period     TEXT NOT NULL,
    event      TEXT NOT NULL,
    report_id  TEXT NOT NULL,
    flag_id    TEXT NOT NULL,
    assessment TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    reviewer   TEXT NOT NULL,
    at         TEXT NOT NULL, report_number INTEGER NOT NULL DEFAULT 0, report_digest TEXT NOT NULL DEFAULT '', on_behalf TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    CONSTRAINT reviews_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) STRICT;
CREATE INDEX reviews_task ON reviews (task_id, period, at);
CREATE TABLE tasks (
    id          TEXT    NOT NULL,
    campaign    TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    region      TEXT    NOT NULL,
    key_task    INTEGER NOT NULL,
    subject     TEXT    NOT NULL,
    requirement TEXT    NOT NULL,
    search      TEXT    NOT NULL,
    measures    TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    period      TEXT    NOT NULL,
    report_id   TEXT    NOT NULL,
    flag_id     TEXT    NOT NULL,
    verdict     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    created_at  TEXT    NOT NULL,
    updated_at  TEXT    NOT NULL, due TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    CONSTRAINT tasks_order UNIQUE (campaign, region, seq),
    CONSTRAINT tasks_code UNIQUE (campaign, code),
    CONSTRAINT tasks_region FOREIGN KEY (campaign, region) REFERENCES campaign_regions (campaign, region)
) STRICT;
CREATE INDEX tasks_changed ON tasks (state, updated_at, id);
CREATE INDEX tasks_due ON tasks (region, due, campaign, seq);
CREATE UNIQUE INDEX tasks_seq ON tasks (campaign, seq);
CREATE INDEX tasks_state ON tasks (state, campaign, region, seq, period, id);
CREATE TABLE totp_steps (
    user_id TEXT    NOT NULL,
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT totp_steps_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE TABLE users (
    id            TEXT    NOT NULL,
    login         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    created_at    TEXT    NOT NULL, password_at TEXT NULL, password_once INTEGER NOT NULL DEFAULT 0, totp TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    CONSTRAINT users_login UNIQUE (login)
) STRICT;