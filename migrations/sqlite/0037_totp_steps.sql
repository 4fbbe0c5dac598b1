-- +goose Up
-- The last time step whose code an account used: none is taken twice.
CREATE TABLE totp_steps (
    user_id TEXT    NOT NULL,
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT totp_steps_user FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
