-- +goose Up
-- What a token may be used for (empty: whatever its account may do), and from where
-- a session was opened.
ALTER TABLE credentials ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN agent TEXT NOT NULL DEFAULT '';
