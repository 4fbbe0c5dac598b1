package workflow

import (
	"fmt"
	"slices"
	"strings"

	"duban/workflow/strictyaml"
)

// Definition is the state machine as data: states, events, roles, guards and
// labels. It is read from configs/workflow.yaml or a file that replaces it.
type Definition struct {
	Roles       []RoleDef
	States      []StateDef
	Events      []EventDef
	Transitions []Transition
}

// RoleDef labels a role.
type RoleDef struct {
	Name  Role
	Label Text
}

// StateDef labels a state. A task begins in the initial one and ends in a
// terminal one.
type StateDef struct {
	Name              State
	Label             Text
	Initial, Terminal bool
}

// EventDef labels an event and names the inputs that it needs.
type EventDef struct {
	Name  EventName
	Label Text
	Needs []string // of Needs
}

// Transition lets an event take a task from one state to another, for the given
// roles, when all guards hold. From is empty for the event that makes the task.
type Transition struct {
	Event  EventName
	From   State
	To     State
	By     []Role
	Guards []string
}

// Inputs that an event may need.
const (
	NeedNarrative = "narrative"
	NeedValues    = "values"
	NeedVerdict   = "verdict"
	NeedReason    = "reason"
	NeedRectifyBy = "rectify_by"
)

var allNeeds = []string{NeedNarrative, NeedValues, NeedVerdict, NeedReason, NeedRectifyBy}

// State returns the definition of a state.
func (d *Definition) State(name State) (StateDef, bool) {
	i := slices.IndexFunc(d.States, func(s StateDef) bool { return s.Name == name })
	if i < 0 {
		return StateDef{}, false
	}
	return d.States[i], true
}

// Event returns the definition of an event.
func (d *Definition) Event(name EventName) (EventDef, bool) {
	i := slices.IndexFunc(d.Events, func(e EventDef) bool { return e.Name == name })
	if i < 0 {
		return EventDef{}, false
	}
	return d.Events[i], true
}

// EventsBy returns the events that a role may do in some state, in the order of
// the definition.
func (d *Definition) EventsBy(r Role) []EventName {
	var names []EventName
	for _, e := range d.Events {
		if slices.ContainsFunc(d.Transitions, func(t Transition) bool { return t.Event == e.Name && slices.Contains(t.By, r) }) {
			names = append(names, e.Name)
		}
	}
	return names
}

// Initial returns the state in which a task begins.
func (d *Definition) Initial() State {
	i := slices.IndexFunc(d.States, func(s StateDef) bool { return s.Initial })
	return d.States[i].Name
}

// yamlDefinition is the file's shape.
type yamlDefinition struct {
	Version     int                  `yaml:"version,required"`
	Roles       map[string]yamlRole  `yaml:"roles,required"`
	States      map[string]yamlState `yaml:"states,required"`
	Events      map[string]yamlEvent `yaml:"events,required"`
	Transitions []yamlTransition     `yaml:"transitions,required"`
}

type yamlRole struct {
	ZH   string `yaml:"zh,required"`
	EN   string `yaml:"en,required"`
	Line int    `yaml:",line"`
}

type yamlState struct {
	ZH       string `yaml:"zh,required"`
	EN       string `yaml:"en,required"`
	Initial  bool   `yaml:"initial"`
	Terminal bool   `yaml:"terminal"`
	Line     int    `yaml:",line"`
}

type yamlEvent struct {
	ZH    string   `yaml:"zh,required"`
	EN    string   `yaml:"en,required"`
	Needs []string `yaml:"needs"`
	Line  int      `yaml:",line"`
}

type yamlTransition struct {
	Event  string   `yaml:"event,required"`
	From   string   `yaml:"from"`
	To     string   `yaml:"to,required"`
	By     []string `yaml:"by,required"`
	Guards []string `yaml:"guards"`
	Line   int      `yaml:",line"`
}

// ReadDefinition reads and verifies a definition. name is the file's name for
// messages. The error is of kind Invalid and names the line of every problem.
func ReadDefinition(name string, data []byte) (*Definition, error) {
	doc, ps := strictyaml.Parse(data)
	if ps != nil {
		return nil, FileError(name, ps)
	}
	var y yamlDefinition
	if ps = doc.Decode(&y); ps != nil {
		return nil, FileError(name, ps)
	}
	d := y.definition()
	if ps = y.verify(d, doc); ps != nil {
		return nil, FileError(name, ps)
	}
	return d, nil
}

// FileError turns the problems of a file into an Invalid error whose fields are
// named "file:line: path".
func FileError(name string, ps []strictyaml.Problem) error {
	slices.SortStableFunc(ps, func(a, b strictyaml.Problem) int { return a.Line - b.Line })
	var out Problems
	for _, p := range ps {
		out.Add(strings.TrimSuffix(fmt.Sprintf("%s:%d: %s", name, p.Line, p.Path), ": "), p.Rule, p.ZH, p.EN)
	}
	return out.Err()
}

// definition brings the file's mappings into the order in which they were
// written.
func (y yamlDefinition) definition() *Definition {
	d := &Definition{}
	for _, name := range inOrder(y.Roles, func(r yamlRole) int { return r.Line }) {
		d.Roles = append(d.Roles, RoleDef{Name: Role(name), Label: Text{ZH: y.Roles[name].ZH, EN: y.Roles[name].EN}})
	}
	for _, name := range inOrder(y.States, func(s yamlState) int { return s.Line }) {
		s := y.States[name]
		d.States = append(d.States, StateDef{Name: State(name), Label: Text{ZH: s.ZH, EN: s.EN}, Initial: s.Initial, Terminal: s.Terminal})
	}
	for _, name := range inOrder(y.Events, func(e yamlEvent) int { return e.Line }) {
		e := y.Events[name]
		d.Events = append(d.Events, EventDef{Name: EventName(name), Label: Text{ZH: e.ZH, EN: e.EN}, Needs: e.Needs})
	}
	for _, t := range y.Transitions {
		tr := Transition{Event: EventName(t.Event), From: State(t.From), To: State(t.To), Guards: t.Guards}
		for _, r := range t.By {
			tr.By = append(tr.By, Role(r))
		}
		d.Transitions = append(d.Transitions, tr)
	}
	return d
}

func inOrder[T any](m map[string]T, line func(T) int) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if c := line(m[a]) - line(m[b]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return names
}
