-- +goose Up
CREATE TABLE campaign_regions (
    campaign TEXT NOT NULL,
    region   TEXT NOT NULL,
    PRIMARY KEY (campaign, region),
    CONSTRAINT campaign_regions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code),
    CONSTRAINT campaign_regions_region FOREIGN KEY (region) REFERENCES regions (code)
) STRICT;
