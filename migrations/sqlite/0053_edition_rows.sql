-- +goose Up
-- The rows of issued lag tables, each as the JSON text that its digest is of.
CREATE TABLE edition_rows (
    edition_id TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    content    TEXT    NOT NULL,
    PRIMARY KEY (edition_id, n),
    CONSTRAINT edition_rows_edition FOREIGN KEY (edition_id) REFERENCES editions (id)
) STRICT;
