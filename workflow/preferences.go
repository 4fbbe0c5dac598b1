package workflow

import (
	"context"
	"fmt"
	"time"
)

// Preferences are what the page keeps for one person: the language it speaks to
// them, and up to when they have read what concerns them. They are no part of the
// audit trail: nothing follows from them for anybody else.
type Preferences struct {
	UserID    string
	Language  Lang      // empty: never chosen
	ReadUntil time.Time // what happened until then was read; zero: nothing was
}

// Preferences returns those of the actor; who never chose any has empty ones.
func (s *Service) Preferences(ctx context.Context, actor Actor) (Preferences, error) {
	return read(ctx, s, func(r Reader) (Preferences, error) { return preferencesOf(r, actor) })
}

func preferencesOf(r Reader, actor Actor) (Preferences, error) {
	p, err := r.Preferences(actor.UserID)
	if isNoRow(err) {
		return Preferences{UserID: actor.UserID}, nil
	}
	if err != nil {
		return p, fmt.Errorf("reading preferences: %w", err)
	}
	return p, nil
}

// ChooseLanguage keeps the language that the page speaks to the actor.
func (s *Service) ChooseLanguage(ctx context.Context, call Call, language Lang) (Preferences, error) {
	if language != ZH && language != EN {
		var p Problems
		p.Add("language", "one_of", "须为 zh-CN 或 en", "must be zh-CN or en")
		return Preferences{}, p.Err()
	}
	return write(ctx, s, call.to(eventPreferences, SubjectUser, call.Actor.UserID), func(u *desk) (Preferences, error) {
		if err := u.SaveLanguage(call.Actor.UserID, language); err != nil {
			return Preferences{}, fmt.Errorf("saving a language: %w", err)
		}
		return preferencesOf(u, call.Actor)
	})
}

const eventPreferences = "preferences.save"
