-- +goose Up
-- What a session still needs before it may be used.
ALTER TABLE credentials ADD COLUMN needs TEXT NOT NULL DEFAULT '';
