package workflow

// Lang is a language that Duban speaks.
type Lang string

// The two languages; Chinese comes first wherever nothing else is asked for.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Text is one sentence or label in both languages.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in the given language, Chinese for any other.
func (t Text) In(l Lang) string {
	if l == EN {
		return t.EN
	}
	return t.ZH
}
