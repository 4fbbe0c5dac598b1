-- +goose Up
-- What people have typed of reports that are still to be sent: content is JSON. The
-- task comes first in the key because each report asks whether there is one. It has
-- no foreign key: saving a draft must not wait for a step on the task, and tasks are
-- never deleted.
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
