-- +goose Up
-- Uploaded files. Their content is in the store of evidence, under its digest.
CREATE TABLE IF NOT EXISTS evidence (
    id          VARCHAR(64)  NOT NULL,
    task_id     VARCHAR(64)  NOT NULL,
    sha256      VARCHAR(64)  NOT NULL,
    name        VARCHAR(255) NOT NULL,
    kind        VARCHAR(16)  NOT NULL,
    size        BIGINT       NOT NULL,
    uploader    VARCHAR(64)  NOT NULL,
    uploaded_at DATETIME(6)  NOT NULL,
    version     INT          NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT evidence_upload UNIQUE (task_id, uploader, sha256),
    INDEX evidence_file (sha256),
    CONSTRAINT evidence_task FOREIGN KEY (task_id) REFERENCES tasks (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
