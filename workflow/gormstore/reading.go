package gormstore

import (
	"database/sql"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"duban/workflow"
)

// one reads the row with the given identity and maps it; the identity takes the
// places of the condition in order.
func one[R, N any](u *unit, what string, noun func(R, *decoder) N, where string, identity ...string) (N, error) {
	var row R
	var none N
	if !findable(identity...) {
		return none, workflow.ErrNoRow
	}
	args := make([]any, len(identity))
	for i, id := range identity {
		args[i] = id
	}
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB { return db.Where(where, args...).Take(&row) }); err != nil {
		return none, err
	}
	var d decoder
	n := noun(row, &d)
	return n, u.readable(what, d.err)
}

// all reads the rows that a query selects and maps them.
func all[R, N any](u *unit, what string, noun func(R, *decoder) N, query func(db *gorm.DB) *gorm.DB) ([]N, error) {
	var rows []R
	if _, err := u.run(what, func(db *gorm.DB) *gorm.DB { return query(db).Find(&rows) }); err != nil {
		return nil, err
	}
	var d decoder
	nouns := make([]N, len(rows))
	for i, r := range rows {
		nouns[i] = noun(r, &d)
	}
	return nouns, u.readable(what, d.err)
}

// readable turns an error of a decoder into a failure of the unit.
func (u *unit) readable(what string, err error) error {
	if err == nil {
		return nil
	}
	return u.fail(fmt.Errorf("%s: %w", what, errDefect.Because(err)), noRetry)
}

// stream reads the rows of a query one at a time, however many there are. each
// must send no statement: the connection is busy until the last row is read.
func (u *unit) stream(what, query string, args []any, each func(*sql.Rows) error) error {
	if err := u.usable(); err != nil {
		return err
	}
	rows, err := u.db.Raw(query, args...).Rows()
	if err != nil {
		return u.failed(what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return u.failed(what, err)
	}
	return nil
}

// of reads what has one of the given ids, in as few statements as the bounds allow.
func of[N any](ids []string, read func(some []string) ([]N, error)) ([]N, error) {
	var nouns []N
	for some := range slices.Chunk(ids, mostRows) {
		found, err := read(some)
		if err != nil {
			return nil, err
		}
		nouns = append(nouns, found...)
	}
	return nouns, nil
}

// inPeriod selects what belongs to the tasks of a campaign and to a period.
const inPeriod = "task_id IN (SELECT id FROM tasks WHERE campaign = ?) AND period = ?"
