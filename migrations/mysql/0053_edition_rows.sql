-- +goose Up
-- The rows of issued lag tables, each as the JSON text that its digest is of.
CREATE TABLE IF NOT EXISTS edition_rows (
    edition_id VARCHAR(64) NOT NULL,
    n          INT         NOT NULL,
    content    MEDIUMTEXT  NOT NULL,
    PRIMARY KEY (edition_id, n),
    CONSTRAINT edition_rows_edition FOREIGN KEY (edition_id) REFERENCES editions (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
