-- +goose Up
-- Who acts for whom, from day to day. The end is NULL while it was not ended early.
CREATE TABLE IF NOT EXISTS delegations (
    id         VARCHAR(64) NOT NULL,
    grantor    VARCHAR(64) NOT NULL,
    deputy     VARCHAR(64) NOT NULL,
    role       VARCHAR(64) NOT NULL,
    region     VARCHAR(16) NOT NULL,
    from_day   VARCHAR(10) NOT NULL,
    to_day     VARCHAR(10) NOT NULL,
    version    INT         NOT NULL,
    created_at DATETIME(6) NOT NULL,
    ended_at   DATETIME(6) NULL,
    PRIMARY KEY (id),
    KEY delegations_deputy (deputy, to_day),
    KEY delegations_grantor (grantor, to_day),
    CONSTRAINT delegations_grantor FOREIGN KEY (grantor) REFERENCES users (id),
    CONSTRAINT delegations_deputy FOREIGN KEY (deputy) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
