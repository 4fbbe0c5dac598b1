-- +goose Up
-- What a token may be used for (empty: whatever its account may do), and from where
-- a session was opened.
SET @credentials_scopes = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'credentials' AND column_name = 'scopes') = 0,
    'ALTER TABLE credentials ADD COLUMN scopes VARCHAR(2000) NOT NULL DEFAULT '''', ADD COLUMN address VARCHAR(64) NOT NULL DEFAULT '''', ADD COLUMN agent VARCHAR(64) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE credentials_scopes FROM @credentials_scopes;
EXECUTE credentials_scopes;
DEALLOCATE PREPARE credentials_scopes;
