-- +goose Up
-- Goes up in every transaction that changes who a credential stands for: what a
-- server read of that before counts for as long as the version is the same.
CREATE TABLE identity_version (
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
