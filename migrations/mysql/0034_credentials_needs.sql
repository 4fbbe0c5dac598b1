-- +goose Up
-- What a session still needs before it may be used.
SET @credentials_needs = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'credentials' AND column_name = 'needs') = 0,
    'ALTER TABLE credentials ADD COLUMN needs VARCHAR(16) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE credentials_needs FROM @credentials_needs;
EXECUTE credentials_needs;
DEALLOCATE PREPARE credentials_needs;
