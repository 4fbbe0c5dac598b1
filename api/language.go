package api

import (
	"golang.org/x/text/language"

	"duban/workflow"
)

// maxLanguages bounds the work that an Accept-Language header can cause, in bytes.
const maxLanguages = 256

// languageOf picks the language that the caller likes best by q-value, Chinese
// where nothing fits or nothing is asked for.
func languageOf(accept string) workflow.Lang {
	if accept == "" || len(accept) > maxLanguages {
		return workflow.ZH
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return workflow.ZH
	}
	for _, tag := range wanted { // by falling q-value
		switch base, _ := tag.Base(); base.String() {
		case "zh":
			return workflow.ZH
		case "en":
			return workflow.EN
		}
	}
	return workflow.ZH
}
