package wording

// Mark is something that a person has to settle: what was read and not
// understood, or what a measure lacks.
type Mark struct {
	Code   string `json:"code"` // "due", "figure", "range", "approximate", "recurring", "line", "count", "total", "too_long"
	Text   string `json:"text"` // the words in question, in normal writing
	ZH, EN string `json:"-"`
}

func markOf(code, text, zh, en string) Mark { return Mark{Code: code, Text: text, ZH: zh, EN: en} }
