-- +goose Up
CREATE TABLE IF NOT EXISTS periods (
    campaign  VARCHAR(64)  NOT NULL,
    code      VARCHAR(64)  NOT NULL,
    label     VARCHAR(200) NOT NULL,
    cutoff    VARCHAR(10)  NOT NULL,
    report_by VARCHAR(10)  NOT NULL,
    PRIMARY KEY (campaign, code),
    CONSTRAINT periods_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
