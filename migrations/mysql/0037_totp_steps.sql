-- +goose Up
-- The last time step whose code an account used: none is taken twice.
CREATE TABLE IF NOT EXISTS totp_steps (
    user_id VARCHAR(64) NOT NULL,
    step    BIGINT      NOT NULL,
    PRIMARY KEY (user_id),
    CONSTRAINT totp_steps_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
