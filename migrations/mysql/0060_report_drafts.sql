-- +goose Up
-- What people have typed of reports that are still to be sent: content is JSON. The
-- task comes first in the key because each report asks whether there is one. It has
-- no foreign key: saving a draft must not wait for a step on the task, and tasks are
-- never deleted.
CREATE TABLE IF NOT EXISTS report_drafts (
    task_id  VARCHAR(64) NOT NULL,
    user_id  VARCHAR(64) NOT NULL,
    period   VARCHAR(64) NOT NULL,
    content  MEDIUMTEXT  NOT NULL,
    revision INT         NOT NULL,
    saved_at DATETIME(6) NOT NULL,
    PRIMARY KEY (task_id, user_id),
    INDEX report_drafts_own (user_id, saved_at),
    CONSTRAINT report_drafts_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
