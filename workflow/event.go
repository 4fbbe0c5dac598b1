package workflow

// EventName is an event of the workflow definition.
type EventName string

// The events that the engine knows how to carry out. A definition may leave
// events out or change who may do them, but not invent others.
const (
	EventAssign     EventName = "assign"
	EventReport     EventName = "report"
	EventWithdraw   EventName = "withdraw"
	EventReturn     EventName = "return"
	EventApprove    EventName = "approve"
	EventFlag       EventName = "flag"
	EventConfirm    EventName = "confirm_rectified"
	EventReject     EventName = "reject_rectification"
	EventOpenPeriod EventName = "open_period"
	EventClose      EventName = "close"
	EventCancel     EventName = "cancel"
)

var engineEvents = []EventName{
	EventAssign, EventReport, EventWithdraw, EventReturn, EventApprove, EventFlag,
	EventConfirm, EventReject, EventOpenPeriod, EventClose, EventCancel,
}
