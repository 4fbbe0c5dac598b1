-- +goose Up
-- A request is carried out once.
CREATE UNIQUE INDEX audit_events_request ON audit_events (actor_id, request_key);
