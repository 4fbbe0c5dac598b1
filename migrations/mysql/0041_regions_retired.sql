-- +goose Up
SET @regions_retired = IF((SELECT COUNT(*) FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'regions' AND column_name = 'retired') = 0,
    'ALTER TABLE regions ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE, ADD COLUMN version INT NOT NULL DEFAULT 1', 'DO 0');
PREPARE regions_retired FROM @regions_retired;
EXECUTE regions_retired;
DEALLOCATE PREPARE regions_retired;
