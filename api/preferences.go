package api

import (
	"context"

	"duban/workflow"
)

// tagOfLanguage names languages as pages do (BCP 47). The language of errors is
// that of Accept-Language all the same.
var tagOfLanguage = map[workflow.Lang]string{workflow.ZH: "zh-CN", workflow.EN: "en"}

type preferencesBody struct {
	Language string `json:"language,omitempty" enum:"zh-CN,en" doc:"页面的语言；没有则从未选择 / The language of the page; absent where it was never chosen"`
}

type preferencesOut struct{ Body preferencesBody }

func preferencesOf(p workflow.Preferences, err error) (*preferencesOut, error) {
	if err != nil {
		return nil, err
	}
	return &preferencesOut{Body: preferencesBody{Language: tagOfLanguage[p.Language]}}, nil
}

func (s *server) preferences(ctx context.Context, who workflow.Actor, _ *struct{}) (*preferencesOut, error) {
	return preferencesOf(s.service.Preferences(ctx, who))
}

type savePreferencesIn struct {
	Body struct {
		Language string `json:"language" enum:"zh-CN,en"`
	}
}

func (s *server) savePreferences(ctx context.Context, call workflow.Call, in *savePreferencesIn) (*preferencesOut, error) {
	language := workflow.ZH
	if in.Body.Language == tagOfLanguage[workflow.EN] {
		language = workflow.EN
	}
	return preferencesOf(s.service.ChooseLanguage(ctx, call, language))
}
