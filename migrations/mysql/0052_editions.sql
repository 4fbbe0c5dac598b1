-- +goose Up
-- Issued lag tables. Nothing is ever changed.
CREATE TABLE IF NOT EXISTS editions (
    id        VARCHAR(64) NOT NULL,
    campaign  VARCHAR(64) NOT NULL,
    period    VARCHAR(64) NOT NULL,
    number    INT         NOT NULL,
    title     MEDIUMTEXT  NOT NULL,
    header    MEDIUMTEXT  NOT NULL,
    row_count INT         NOT NULL,
    sha256    VARCHAR(64) NOT NULL,
    as_of     VARCHAR(64) NOT NULL,
    gaps      LONGTEXT    NOT NULL,
    signed_by MEDIUMTEXT  NOT NULL,
    issued_by VARCHAR(64) NOT NULL,
    issued_at DATETIME(6) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT editions_number UNIQUE (campaign, period, number),
    CONSTRAINT editions_campaign FOREIGN KEY (campaign) REFERENCES campaigns (code)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
