package gormstore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/go-sql-driver/mysql"

	"duban/workflow"
)

// TestDriverErrorsAreTold holds what cannot be provoked quickly or without
// breaking the server for other tests.
func TestDriverErrorsAreTold(t *testing.T) {
	of := func(number uint16) error { return &mysql.MySQLError{Number: number, Message: "test"} }
	for name, c := range map[string]struct {
		err  error
		want error
		cost int
	}{
		"duplicate":            {of(1062), workflow.ErrDuplicate, noRetry},
		"deadlock":             {of(1213), errBusy, afterDeadlock},
		"lock wait":            {of(1205), errBusy, afterWait},
		"read-only server":     {of(1290), errReadOnly, noRetry},
		"disk full":            {of(1021), errFull, noRetry},
		"too many connections": {of(1040), errBusy, noRetry},
		"shutting down":        {of(1053), errConnection, noRetry},
		"connection killed":    {of(1927), errConnection, noRetry},
		"foreign key":          {of(1452), errDefect, noRetry},
		"bad connection":       {driver.ErrBadConn, errConnection, noRetry},
		"broken off":           {io.ErrUnexpectedEOF, errConnection, noRetry},
		"anything else":        {errors.New("test"), errDefect, noRetry},
	} {
		t.Run(name, func(t *testing.T) {
			cost, failed := translate(t.Context(), fmt.Errorf("wrapped: %w", c.err))
			if cost != c.cost {
				t.Errorf("running again costs %d, want %d", cost, c.cost)
			}
			want, isError := errors.AsType[*workflow.Error](c.want)
			if isError && workflow.AsError(failed).Code != want.Code || !isError && !errors.Is(failed, c.want) {
				t.Errorf("got %v, want %v", failed, c.want)
			}
			if !errors.Is(failed, c.err) && isError {
				t.Errorf("%v does not name its cause", failed)
			}
		})
	}
}
