-- +goose Up
-- Append-only: an assessment names the version that it used.
CREATE TABLE IF NOT EXISTS assessment_params (
    campaign     VARCHAR(64) NOT NULL,
    version      INT         NOT NULL,
    nearly_ratio VARCHAR(32) NOT NULL,
    pace_ratio   VARCHAR(32) NOT NULL,
    PRIMARY KEY (campaign, version),
    CONSTRAINT assessment_params_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
