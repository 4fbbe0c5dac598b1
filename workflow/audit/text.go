package audit

import "fmt"

// Text is a sentence for people in the two languages of the product.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Fault is why a checkpoint or a bundle is refused. Place is stable and meant
// for programs ("checkpoint", "checkpoint line 2", "line 7", "event 3"); Text
// says where and what, for people.
type Fault struct {
	Place string
	Text  Text
	cause error
}

// Error returns the English text with its cause.
func (f *Fault) Error() string {
	if f.cause != nil {
		return f.Text.EN + ": " + f.cause.Error()
	}
	return f.Text.EN
}

// Unwrap returns what caused the fault, for logs only.
func (f *Fault) Unwrap() error { return f.cause }

func checkpointFault(zh, en string) *Fault {
	return &Fault{Place: "checkpoint", Text: Text{ZH: "检查点：" + zh, EN: "checkpoint: " + en}}
}

func checkpointLineFault(line int, zh, en string) *Fault {
	return &Fault{
		Place: fmt.Sprintf("checkpoint line %d", line),
		Text:  Text{ZH: fmt.Sprintf("检查点第 %d 行：%s", line, zh), EN: fmt.Sprintf("checkpoint: malformed line %d: %s", line, en)},
	}
}

func eventFault(number int, zh, en string) *Fault {
	return &Fault{
		Place: fmt.Sprintf("event %d", number),
		Text:  Text{ZH: fmt.Sprintf("第 %d 条事件：%s", number, zh), EN: fmt.Sprintf("event %d: %s", number, en)},
	}
}

func (f *Fault) because(cause error) *Fault {
	f.cause = cause
	return f
}
