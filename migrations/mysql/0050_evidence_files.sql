-- +goose Up
-- Files that are in the store of evidence, or on their way into it. A file that was
-- removed and is stored again is of another generation.
CREATE TABLE IF NOT EXISTS evidence_files (
    sha256     VARCHAR(64) NOT NULL,
    generation VARCHAR(64) NOT NULL,
    PRIMARY KEY (sha256)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
