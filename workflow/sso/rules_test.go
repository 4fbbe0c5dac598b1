package sso

import (
	"encoding/json"
	"fmt"
	"testing"

	"duban/workflow"
)

// TestRulesGiveWhatTheyFit: by whole value, by part, by pattern with a region from it, in
// lists and in objects; in order, each grant once, until a rule that is the last.
func TestRulesGiveWhatTheyFit(t *testing.T) {
	rules, err := NewRules([]Rule{
		{Claim: "blocked", Equals: "true", Grants: []string{"auditor"}, Last: true},
		{Claim: "groups", Equals: "reviewers", Grants: []string{"reviewer", "supervisor"}},
		{Claim: "title", Contains: "督查", Grants: []string{"supervisor"}},
		{Claim: "realm_access.roles", Matches: `duban-([0-9]{6})(?:-.*)?`, Grants: []string{"reporter:$1"}},
		{Claim: "https://example.gov.cn/level", Equals: "3", Grants: []string{"security_admin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for claims, want := range map[string]string{
		`{}`:                     `[]`,
		`{"groups":"reviewers"}`: `[reviewer supervisor]`,
		`{"groups":["staff","reviewers"],"title":"督查员"}`:                            `[reviewer supervisor]`,
		`{"groups":["Reviewers","reviewers "," reviewers","reviewersx"]}`:           `[]`,
		`{"realm_access":{"roles":["duban-440703","duban-440704-x","x"]}}`:          `[reporter:440703 reporter:440704]`,
		`{"realm_access":{"roles":["xduban-440703","duban-440703\nreviewers"]}}`:    `[]`,
		`{"realm_access.roles":"duban-440781"}`:                                     `[reporter:440781]`,
		`{"realm_access":"duban-440703"}`:                                           `[]`,
		`{"https://example.gov.cn/level":3}`:                                        `[security_admin]`,
		`{"blocked":true,"groups":"reviewers"}`:                                     `[auditor]`,
		`{"groups":{"reviewers":true},"title":null,"blocked":[false,{"a":"true"}]}`: `[]`,
	} {
		var c map[string]any
		if err := json.Unmarshal([]byte(claims), &c); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(append([]workflow.Grant{}, rules.Grants(c)...)); got != want {
			t.Errorf("%s gives %s, want %s", claims, got, want)
		}
	}
}
