package sso

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/workflow"
)

// Rule gives roles to whoever a claim fits. Exactly one of Equals, Contains and Matches
// is set. A claim that is a list fits when one of its values does.
type Rule struct {
	Claim    string   // name; dots lead into objects: realm_access.roles
	Equals   string   // the whole value
	Contains string   // a part of it
	Matches  string   // a regular expression (RE2) for the whole value
	Grants   []string // "reviewer", "reporter:440703"; $1 is what the first group matched
	Last     bool     // the rules after it are not looked at when it fits
}

// Rules are the rules of a provider, in order: each that fits adds its roles.
type Rules struct{ all []rule }

type rule struct {
	Rule
	pattern *regexp.Regexp
}

// NewRules checks rules. An error names the rule, counted from 1, and what is wrong.
func NewRules(list []Rule) (Rules, error) {
	var out Rules
	for i, r := range list {
		made := rule{Rule: r}
		given := 0
		for _, s := range []string{r.Equals, r.Contains, r.Matches} {
			if s != "" {
				given++
			}
		}
		switch {
		case r.Claim == "":
			return out, fmt.Errorf("rule %d names no claim", i+1)
		case given != 1:
			return out, fmt.Errorf("rule %d must have exactly one of equals, contains and matches", i+1)
		case len(r.Grants) == 0:
			return out, fmt.Errorf("rule %d gives no grants", i+1)
		}
		if r.Matches != "" {
			var err error
			if made.pattern, err = regexp.Compile(`\A(?:` + r.Matches + `)\z`); err != nil {
				return out, fmt.Errorf("rule %d: %w", i+1, err)
			}
		}
		for _, g := range r.Grants {
			if strings.Contains(g, "$") && made.pattern == nil {
				return out, fmt.Errorf("rule %d: %q needs matches", i+1, g)
			}
			role, region, _ := strings.Cut(g, ":")
			roles := []workflow.Role{workflow.Reporter, workflow.Reviewer, workflow.Supervisor, workflow.Auditor, workflow.SystemAdmin, workflow.SecurityAdmin}
			if !slices.Contains(roles, workflow.Role(role)) {
				return out, fmt.Errorf("rule %d: there is no role %q", i+1, role)
			}
			if (workflow.Role(role) == workflow.Reporter) != (region != "") {
				return out, fmt.Errorf("rule %d: %q: a reporter has a region and nobody else has, for example reporter:440703", i+1, g)
			}
		}
		out.all = append(out.all, made)
	}
	return out, nil
}

// Grants returns what the rules give for the claims, each once.
func (r Rules) Grants(claims map[string]any) []workflow.Grant {
	var out []workflow.Grant
	for _, rule := range r.all {
		fits := false
		for _, value := range valuesAt(claims, rule.Claim) {
			grants, ok := rule.grants(value)
			fits = fits || ok
			for _, g := range grants {
				if !slices.Contains(out, g) {
					out = append(out, g)
				}
			}
		}
		if fits && rule.Last {
			break
		}
	}
	return out
}

// grants returns what the rule gives for one value.
func (r rule) grants(value string) ([]workflow.Grant, bool) {
	var groups []int
	switch {
	case r.pattern != nil:
		if groups = r.pattern.FindStringSubmatchIndex(value); groups == nil {
			return nil, false
		}
	case r.Equals != "" && value != r.Equals, r.Contains != "" && !strings.Contains(value, r.Contains):
		return nil, false
	}
	var out []workflow.Grant
	for _, g := range r.Rule.Grants {
		if r.pattern != nil {
			g = string(r.pattern.ExpandString(nil, g, value, groups))
		}
		role, region, _ := strings.Cut(g, ":")
		out = append(out, workflow.Grant{Role: workflow.Role(role), Region: region})
	}
	return out, true
}

// valuesAt returns the texts at a claim: of a text, a number, true or false, or of each
// in a list. A claim whose own name has dots goes before a way into objects.
func valuesAt(claims map[string]any, name string) []string {
	value, ok := claims[name]
	if !ok {
		first, rest, deeper := strings.Cut(name, ".")
		inner, isObject := claims[first].(map[string]any)
		if !deeper || !isObject {
			return nil
		}
		return valuesAt(inner, rest)
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []string
	for _, v := range list {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case bool, float64, int64:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

// textAt returns the claim when it is one text.
func textAt(claims map[string]any, name string) string {
	if values := valuesAt(claims, name); len(values) == 1 {
		return values[0]
	}
	return ""
}
