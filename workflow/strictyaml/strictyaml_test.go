package strictyaml_test

import (
	"fmt"
	"testing"

	"duban/workflow/calendar"
	"duban/workflow/strictyaml"
)

type file struct {
	Name  string            `yaml:"name,required"`
	Count int               `yaml:"count"`
	Key   bool              `yaml:"key"`
	Due   calendar.Date     `yaml:"due"`
	Parts []part            `yaml:"parts"`
	Free  map[string]string `yaml:"free"`
}

type part struct {
	Code string `yaml:"code,required"`
	Line int    `yaml:",line"`
}

// TestProblemsAreNamed: each slip is reported with its line, path and rule, all
// of them at once.
func TestProblemsAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {"name: a\nnmae: b", "2 nmae unknown_key"},
		"missing key":        {"count: 1", "1 name required"},
		"key twice":          {"name: a\nname: b", "2 name duplicate"},
		"day that is not":    {"name: a\ndue: 2023-02-31", "2 due form"},
		"text for a number":  {"name: a\ncount: many", "2 count type"},
		"number too large":   {"name: a\ncount: 99999999999999999999", "2 count type"},
		"yes is not true":    {"name: a\nkey: yes", "2 key type"},
		"nothing for text":   {"name:\ncount: 1", "1 name type"},
		"list for a mapping": {"- name: a", "1  type"},
		"problem in a list":  {"name: a\nparts:\n  - code: x\n  - cod: y", "4 parts[1].cod unknown_key; 4 parts[1].code required"},
		"alias":              {"name: &x a\nfree: {y: *x}", "1  alias"},
		"tag":                {"name: !!binary aGk=", "1  tag"},
		"second document":    {"name: a\n---\nname: b", "1  documents"},
		"nothing":            {"", "1  empty"},
		"not YAML":           {"name: [a", "1  syntax"},
		"several at once":    {"nmae: b\ncount: x", "1 nmae unknown_key; 2 count type; 1 name required"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, ps := strictyaml.Parse([]byte(c.text))
			if ps == nil {
				ps = doc.Decode(new(file))
			}
			got := ""
			for i, p := range ps {
				if i > 0 {
					got += "; "
				}
				got += fmt.Sprintf("%d %s %s", p.Line, p.Path, p.Rule)
				if p.ZH == "" || p.EN == "" {
					t.Errorf("%+v lacks a text", p)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestValuesAndLinesAreRead: values arrive as written, and every path knows its
// line.
func TestValuesAndLinesAreRead(t *testing.T) {
	doc, ps := strictyaml.Parse([]byte("name: 440703\nkey: true\ndue: 2023-06-30\nparts:\n  - code: x\n\n  - code: y\nfree: {a: 0.70}\n"))
	if ps != nil {
		t.Fatal(ps)
	}
	var f file
	if ps := doc.Decode(&f); ps != nil {
		t.Fatal(ps)
	}
	if f.Name != "440703" || !f.Key || f.Due != calendar.New(2023, 6, 30) || len(f.Parts) != 2 || f.Parts[1].Line != 7 || f.Free["a"] != "0.70" {
		t.Errorf("got %+v", f)
	}
	for path, line := range map[string]int{"due": 3, "parts[1].code": 7, "parts[1].missing": 7, "parts[9]": 5, "free.a": 8, "nowhere": 1} {
		if got := doc.Line(path); got != line {
			t.Errorf("%s is in line %d, want %d", path, got, line)
		}
	}
}
