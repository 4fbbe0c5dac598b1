-- +goose Up
CREATE TABLE IF NOT EXISTS campaign_regions (
    campaign VARCHAR(64) NOT NULL,
    region   VARCHAR(16) NOT NULL,
    PRIMARY KEY (campaign, region),
    CONSTRAINT campaign_regions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code),
    CONSTRAINT campaign_regions_region FOREIGN KEY (region) REFERENCES regions (code)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
