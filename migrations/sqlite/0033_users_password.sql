-- +goose Up
-- When the password was set, whether it must be changed at first use, and the sealed
-- secret of the second factor.
ALTER TABLE users ADD COLUMN password_at TEXT NULL;
ALTER TABLE users ADD COLUMN password_once INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN totp TEXT NOT NULL DEFAULT '';
