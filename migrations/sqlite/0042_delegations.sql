-- +goose Up
-- Who acts for whom, from day to day. The end is NULL while it was not ended early.
CREATE TABLE delegations (
    id         TEXT    NOT NULL,
    grantor    TEXT    NOT NULL,
    deputy     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    from_day   TEXT    NOT NULL,
    to_day     TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at TEXT    NOT NULL,
    ended_at   TEXT    NULL,
    PRIMARY KEY (id),
    CONSTRAINT delegations_grantor FOREIGN KEY (grantor) REFERENCES users (id),
    CONSTRAINT delegations_deputy FOREIGN KEY (deputy) REFERENCES users (id)
) STRICT;

CREATE INDEX delegations_deputy ON delegations (deputy, to_day);
CREATE INDEX delegations_grantor ON delegations (grantor, to_day);
