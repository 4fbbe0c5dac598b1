-- +goose Up
-- When the password was set, whether it must be changed at first use, and the sealed
-- secret of the second factor. MySQL has no ADD COLUMN IF NOT EXISTS.
SET @users_password = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'users' AND column_name = 'password_at') = 0,
    'ALTER TABLE users ADD COLUMN password_at DATETIME(6) NULL, ADD COLUMN password_once BOOLEAN NOT NULL DEFAULT FALSE, ADD COLUMN totp VARCHAR(255) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE users_password FROM @users_password;
EXECUTE users_password;
DEALLOCATE PREPARE users_password;
