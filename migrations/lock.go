package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// lockName is the same for every instance on a database and differs between
// databases of one server; MySQL allows 64 characters.
const lockName = "CONCAT('duban.migrate.', MD5(DATABASE()))"

// lockWait is how long an instance waits for another that is migrating, in
// seconds.
const lockWait = 300

// withLock keeps instances on a MySQL server that start together from migrating
// at once. Goose's own lockers do not cover the making of its version table. The
// server frees the lock when the connection ends, so a program that dies while
// migrating locks nobody out.
func withLock(ctx context.Context, db *sql.DB, migrate func() (int, error)) (applied int, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("connecting for the migration lock: %w", err)
	}
	defer conn.Close()
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+lockName+", ?)", lockWait).Scan(&got); err != nil {
		return 0, fmt.Errorf("taking the migration lock: %w", err)
	}
	if got.Int64 != 1 {
		return 0, errors.New("another instance has been migrating this database for too long")
	}
	applied, err = migrate()
	// Also when ctx has ended: the connection may go back to its pool.
	if _, releaseErr := conn.ExecContext(context.WithoutCancel(ctx), "DO RELEASE_LOCK("+lockName+")"); releaseErr != nil {
		err = errors.Join(err, fmt.Errorf("releasing the migration lock: %w", releaseErr))
	}
	return applied, err
}
