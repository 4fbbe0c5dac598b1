-- +goose Up
-- The one row.
INSERT INTO identity_version (id, version) VALUES (1, 1);
