package workflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/workflow/audit"
)

// facts are the leaves of a picture: a path such as "values.km.at_cutoff" and
// what stands there.
type facts map[string]string

// pictures are what the events of a task have told so far.
type pictures struct {
	words
	report, flag facts
}

// follow reads what the next event left and returns what that changed, in the
// order in which people read it.
func (p *pictures) follow(e audit.Event) ([]Change, error) {
	var left struct {
		Task   json.RawMessage `json:"task"`
		Report json.RawMessage `json:"report"`
		Flag   json.RawMessage `json:"flag"`
		Missed string          `json:"missed"`
	}
	if err := json.Unmarshal(e.After, &left); err != nil {
		return nil, err
	}
	was, err := factsOf(e.Before)
	if err != nil {
		return nil, err
	}
	is, err := factsOf(left.Task)
	if err != nil {
		return nil, err
	}
	changes := p.compare("task", was, is)
	for _, part := range []struct {
		name string
		left json.RawMessage
		last *facts
	}{{"report", left.Report, &p.report}, {"flag", left.Flag, &p.flag}} {
		if part.left == nil {
			continue
		}
		is, err := factsOf(part.left)
		if err != nil {
			return nil, err
		}
		was := *part.last
		if part.name == "flag" && was["id"] != is["id"] {
			was = nil // another flag says nothing about this one
		}
		changes = append(changes, p.compare(part.name, was, is)...)
		*part.last = is
	}
	if left.Missed != "" {
		changes = append(changes, p.compare("missed", nil, facts{"period": left.Missed})...)
	}
	return changes, nil
}

// compare returns the changed fields that have a label: not identities, and not
// what is computed from the rest.
func (p *pictures) compare(part string, was, is facts) []Change {
	var changes []Change
	for path := range union(was, is) {
		field := part + "." + path
		label, place := p.label(field)
		if place < 0 || was[path] == is[path] {
			continue
		}
		changes = append(changes, Change{Field: field, Label: label, Before: p.shown(field, was[path]), After: p.shown(field, is[path])})
	}
	slices.SortFunc(changes, func(a, b Change) int {
		_, i := p.label(a.Field)
		_, j := p.label(b.Field)
		if i != j {
			return i - j
		}
		return strings.Compare(a.Field, b.Field)
	})
	return changes
}

func union(a, b facts) map[string]bool {
	all := map[string]bool{}
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// factsOf flattens a picture; lists are left as they are.
func factsOf(picture json.RawMessage) (facts, error) {
	all := facts{}
	if len(picture) == 0 {
		return all, nil
	}
	return all, all.add("", picture)
}

func (f facts) add(path string, value json.RawMessage) error {
	if !bytes.HasPrefix(value, []byte("{")) {
		var text any
		d := json.NewDecoder(bytes.NewReader(value))
		d.UseNumber()
		if err := d.Decode(&text); err != nil {
			return err
		}
		switch text := text.(type) {
		case nil:
		case []any:
			f[path] = string(value)
		default:
			f[path] = fmt.Sprint(text)
		}
		return nil
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(value, &parts); err != nil {
		return err
	}
	for name, part := range parts {
		if err := f.add(strings.TrimPrefix(path+"."+name, "."), part); err != nil {
			return err
		}
	}
	return nil
}
