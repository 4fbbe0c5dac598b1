package gormstore

import (
	sqldriver "database/sql/driver"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"duban/workflow"
)

// packet is statements that go to MySQL in one piece, one answer for all: a change
// between the two processes for each of them takes longer than most of them do. The
// first that fails is the last that is done.
type packet struct {
	statements []statement
	bytes      int
}

// statement is one of a packet: what it is for, and how many rows it must touch.
type statement struct {
	what string
	rows int64
	text string
	args []any
}

// queue lets a statement wait for the others of its packet, unless they are much already.
func (u *unit) queue(s statement) error {
	bytes := sizeOf(s.args)
	if u.packet.bytes+bytes > mostBytes {
		if err := u.send(); err != nil {
			return err
		}
	}
	u.packet.statements = append(u.packet.statements, s)
	u.packet.bytes += bytes
	return nil
}

// send sends the packet that is queued, and begins a new one. An error breaks the unit,
// because statements before it are done already.
func (u *unit) send() error {
	if err := u.usable(); err != nil {
		return err
	}
	waiting := u.packet.statements
	u.packet = &packet{}
	if len(waiting) == 0 {
		return nil
	}
	text, args := "", []any{}
	for i, s := range waiting {
		if i > 0 {
			text += ";\n"
		}
		text += s.text
		args = append(args, s.args...)
	}
	counts, err := u.execAll(text, args)
	if err != nil {
		return u.failed("writing what was queued", err)
	}
	for i, s := range waiting {
		if s.rows != anyNumber && counts[i] != s.rows {
			return u.fail(fmt.Errorf("%s: %w", s.what, workflow.ErrChanged), noRetry)
		}
	}
	return nil
}

// execAll runs statements in the unit's transaction, and returns how many rows each
// touched, which database/sql tells of the last alone.
func (u *unit) execAll(text string, args []any) (counts []int64, err error) {
	err = u.conn.Raw(func(conn any) error {
		named := make([]sqldriver.NamedValue, len(args))
		for i, arg := range args {
			named[i] = sqldriver.NamedValue{Ordinal: i + 1, Value: arg}
			if err := conn.(sqldriver.NamedValueChecker).CheckNamedValue(&named[i]); err != nil {
				return err
			}
		}
		result, err := conn.(sqldriver.ExecerContext).ExecContext(u.ctx, text, named)
		if err != nil {
			return err
		}
		counts = result.(mysql.Result).AllRowsAffected()
		return nil
	})
	return counts, err
}
