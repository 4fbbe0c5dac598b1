package gormstore

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"duban/workflow"
)

func unavailable(code, zh, en string) *workflow.Error {
	return workflow.NewError(workflow.Unavailable, code, zh, en)
}

// The ways in which a database fails that people are told apart.
var (
	errBusy       = unavailable("store.busy", "数据库正忙，请稍后重试", "The database is busy; try again shortly")
	errConnection = unavailable("store.connection", "无法连接数据库，请稍后重试", "The database cannot be reached; try again later")
	errReadOnly   = unavailable("store.read_only", "数据库现为只读，不能保存", "The database is read-only; nothing can be saved")
	errFull       = unavailable("store.disk_full", "数据库所在磁盘已满，不能保存", "The database's disk is full; nothing can be saved")
	errDisk       = unavailable("store.disk", "读写数据库文件失败，请检查磁盘", "Reading or writing the database file failed; check the disk")
	errAccess     = unavailable("store.access", "数据库拒绝了登录，请检查账号、口令和库名", "The database refused the login; check account, password and database name")
	errStopped    = unavailable("store.stopped", "请求已中止，没有保存任何内容", "The request was stopped; nothing was saved")
	errUnknown    = unavailable("store.commit_unknown", "不能确认是否已保存，请用同一 Idempotency-Key 重试，或先查看是否已生效",
		"It is not known whether this was saved; retry with the same Idempotency-Key, or look first whether it took effect")
	errDefect = workflow.NewError(workflow.Internal, "store.internal", "数据库操作失败，请把请求编号告诉管理员", "A database operation failed; tell the administrator the request id")
)

// Costs of running a unit of work again, paid out of retryBudget. Deadlocks end
// at once; a lock wait or a busy file has already waited as long as anybody
// should.
const (
	noRetry       = 0
	afterDeadlock = 1
	afterWait     = 5
	retryBudget   = 10
)

// translate turns a driver's error into workflow.ErrDuplicate or a
// *workflow.Error, and says what running the whole transaction again costs
// (noRetry: it would not help).
func translate(ctx context.Context, err error) (cost int, failed error) {
	if already, ok := errors.AsType[*workflow.Error](err); ok {
		return noRetry, already
	}
	// Before anything else: a cancelled statement fails in whatever way its
	// connection noticed first.
	if ctx.Err() != nil {
		return noRetry, errStopped.Because(errors.Join(context.Cause(ctx), ctx.Err(), err))
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return ofMySQL(e)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return ofSQLite(e)
	}
	_, network := errors.AsType[net.Error](err)
	switch {
	case network,
		errors.Is(err, sqldriver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn),
		errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return noRetry, errConnection.Because(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return noRetry, errDisk.Because(err)
	}
	return noRetry, errDefect.Because(err)
}

func ofMySQL(e *mysql.MySQLError) (cost int, failed error) {
	switch e.Number {
	case 1062, 1586: // ER_DUP_ENTRY, ER_DUP_ENTRY_WITH_KEY_NAME
		return noRetry, workflow.ErrDuplicate
	case 1213, 1020: // ER_LOCK_DEADLOCK, ER_CHECKREAD
		return afterDeadlock, errBusy.Because(e)
	case 1205: // ER_LOCK_WAIT_TIMEOUT
		return afterWait, errBusy.Because(e)
	case 1290, 1792, 1836: // --read-only, read-only transaction, read-only mode
		return noRetry, errReadOnly.Because(e)
	case 1021, 1114: // ER_DISK_FULL, ER_RECORD_FILE_FULL
		return noRetry, errFull.Because(e)
	case 1044, 1045, 1049, 1698: // access denied, unknown database
		return noRetry, errAccess.Because(e)
	case 1040, 1203, 1226: // too many connections
		return noRetry, errBusy.Because(e)
	case 1053, 1077, 1079, 1129, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 3032, 4031: // shutting down, network, killed
		return noRetry, errConnection.Because(e)
	}
	return noRetry, errDefect.Because(e)
}

func ofSQLite(e *sqlite.Error) (cost int, failed error) {
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return noRetry, workflow.ErrDuplicate
	}
	switch e.Code() & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return afterWait, errBusy.Because(e)
	case sqlite3.SQLITE_READONLY:
		return noRetry, errReadOnly.Because(e)
	case sqlite3.SQLITE_FULL:
		return noRetry, errFull.Because(e)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM:
		return noRetry, errDisk.Because(e)
	}
	return noRetry, errDefect.Because(e)
}

// ofCommit says what a failed COMMIT means. Only where the database itself says
// that it rolled back is the unit of work run again; otherwise nobody knows.
func ofCommit(ctx context.Context, err error) (cost int, failed error) {
	cost, failed = translate(ctx, err)
	if cost != noRetry {
		return cost, failed
	}
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// database/sql saw the context end and rolled back instead.
		return noRetry, errStopped.Because(err)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff != sqlite3.SQLITE_IOERR {
		// The driver rolled back; only after a failed write may the commit be on disk.
		return noRetry, failed
	}
	return noRetry, errUnknown.Because(err)
}
