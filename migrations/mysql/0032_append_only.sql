-- +goose Up
-- On SQLite triggers keep the audit trail from being changed. Here the account that
-- Duban runs as has no right to: `duban migrate harden`.
DO 0;
