-- +goose Up
-- The one row.
INSERT IGNORE INTO identity_version (id, version) VALUES (1, 1);
