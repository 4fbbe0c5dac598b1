-- +goose Up
-- What a person did.
CREATE INDEX audit_events_actor ON audit_events (actor_id, at, id);
