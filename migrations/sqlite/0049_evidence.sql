-- +goose Up
-- Uploaded files. Their content is in the store of evidence, under its digest.
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
