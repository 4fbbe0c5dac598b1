-- +goose Up
CREATE TABLE IF NOT EXISTS campaigns (
    code           VARCHAR(64)   NOT NULL,
    title          VARCHAR(1200) NOT NULL,
    starts         VARCHAR(10)   NOT NULL,
    params_version INT           NOT NULL,
    open_period    VARCHAR(64)   NOT NULL,
    version        INT           NOT NULL,
    created_at     DATETIME(6)   NOT NULL,
    PRIMARY KEY (code)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
