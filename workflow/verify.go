package workflow

import (
	"fmt"
	"slices"
	"strings"

	"duban/workflow/strictyaml"
)

// definitionVersion is the format of the definition file.
const definitionVersion = 1

// verify finds what would make the machine unsound: names that nothing knows,
// states that cannot be reached or left, events that nobody may do.
func (y yamlDefinition) verify(d *Definition, doc *strictyaml.Document) []strictyaml.Problem {
	v := verifier{d: d, doc: doc}
	if y.Version != definitionVersion {
		v.add("version", "version", fmt.Sprintf("定义格式须为 %d", definitionVersion), fmt.Sprintf("the definition format must be %d", definitionVersion))
	}
	v.roles()
	v.states()
	v.events()
	for i, t := range d.Transitions {
		v.transition(indexed("transitions", i), t)
	}
	if len(v.problems) == 0 {
		v.paths()
	}
	return v.problems
}

type verifier struct {
	d        *Definition
	doc      *strictyaml.Document
	problems []strictyaml.Problem
}

func (v *verifier) add(path, rule, zh, en string) {
	v.problems = append(v.problems, strictyaml.Problem{Line: v.doc.Line(path), Path: path, Rule: rule, ZH: zh, EN: en})
}

func (v *verifier) unknown(path, zhWhat, enWhat, name string, known []string) {
	list := strings.Join(known, ", ")
	v.add(path, "unknown", "未知的"+zhWhat+" "+name+"；可用："+list, "unknown "+enWhat+" "+name+"; known are: "+list)
}

func (v *verifier) roles() {
	for _, r := range v.d.Roles {
		if !slices.Contains(engineRoles, r.Name) {
			v.unknown("roles."+string(r.Name), "角色", "role", string(r.Name), names(engineRoles))
		}
	}
}

func (v *verifier) states() {
	initial := 0
	for _, s := range v.d.States {
		path := "states." + string(s.Name)
		if !codeForm.MatchString(string(s.Name)) {
			v.add(path, "form", "状态名须由字母、数字、点、下划线或连字符组成", "a state's name must be letters, digits, dots, underscores or hyphens")
		}
		if s.Initial {
			initial++
		}
		if s.Initial && s.Terminal {
			v.add(path, "terminal", "初始状态不能是终止状态", "the initial state cannot be terminal")
		}
	}
	if initial != 1 {
		v.add("states", "initial", fmt.Sprintf("须恰有一个初始状态，现有 %d 个", initial), fmt.Sprintf("exactly one state must be initial, there are %d", initial))
	}
}

func (v *verifier) events() {
	for _, e := range v.d.Events {
		path := "events." + string(e.Name)
		if !slices.Contains(engineEvents, e.Name) {
			v.unknown(path, "事件", "event", string(e.Name), names(engineEvents))
		}
		for i, need := range e.Needs {
			if !slices.Contains(allNeeds, need) {
				v.unknown(indexed(path+".needs", i), "输入项", "input", need, allNeeds)
			}
		}
		if !slices.ContainsFunc(v.d.Transitions, func(t Transition) bool { return t.Event == e.Name && len(t.By) > 0 }) {
			v.add(path, "nobody", "没有任何角色可以执行事件 "+string(e.Name), "nobody may do event "+string(e.Name))
		}
	}
}

func (v *verifier) transition(at string, t Transition) {
	if _, ok := v.d.Event(t.Event); !ok {
		v.unknown(at+".event", "事件", "event", string(t.Event), eventNames(v.d))
	}
	for _, end := range []struct {
		field string
		state State
	}{{"from", t.From}, {"to", t.To}} {
		if _, ok := v.d.State(end.state); !ok && (end.field == "to" || end.state != "") {
			v.unknown(at+"."+end.field, "状态", "state", string(end.state), stateNames(v.d))
		}
	}
	if from, ok := v.d.State(t.From); ok && from.Terminal {
		v.add(at+".from", "terminal", "终止状态 "+string(t.From)+" 不能再变化", "the terminal state "+string(t.From)+" cannot be left")
	}
	if to, ok := v.d.State(t.To); ok && t.From == "" && !to.Initial {
		v.add(at+".to", "initial", "新任务须进入初始状态", "a new task must begin in the initial state")
	}
	if (t.From == "") != (t.Event == EventAssign) {
		v.add(at, "assign", "只有 assign 事件没有 from，且必须没有", "assign, and no other event, has no from")
	}
	if len(t.By) == 0 {
		v.add(at+".by", "nobody", "没有任何角色可以执行", "nobody may do this")
	}
	for i, r := range t.By {
		if !slices.ContainsFunc(v.d.Roles, func(def RoleDef) bool { return def.Name == r }) {
			v.unknown(indexed(at+".by", i), "角色", "role", string(r), names(engineRoles))
		}
	}
	for i, g := range t.Guards {
		if _, ok := guards[g]; !ok {
			v.unknown(indexed(at+".guards", i), "条件", "guard", g, guardNames())
		}
	}
}

// paths checks that every state can be reached and every non-terminal one can
// end.
func (v *verifier) paths() {
	reached := v.closure([]State{v.d.Initial()}, func(t Transition) (State, State) { return t.From, t.To })
	var ends []State
	for _, s := range v.d.States {
		if s.Terminal {
			ends = append(ends, s.Name)
		}
	}
	ending := v.closure(ends, func(t Transition) (State, State) { return t.To, t.From })
	if !slices.ContainsFunc(v.d.Transitions, func(t Transition) bool { return t.Event == EventAssign }) {
		v.add("transitions", "assign", "没有交办任务的 assign 转换", "there is no assign transition that makes a task")
	}
	for _, s := range v.d.States {
		path := "states." + string(s.Name)
		if !reached[s.Name] {
			v.add(path, "unreachable", "状态 "+string(s.Name)+" 无法到达", "state "+string(s.Name)+" cannot be reached")
		}
		if !ending[s.Name] {
			v.add(path, "no_way_out", "状态 "+string(s.Name)+" 没有通向终止状态的路", "no way leads from state "+string(s.Name)+" to a terminal state")
		}
	}
}

func (v *verifier) closure(from []State, step func(Transition) (State, State)) map[State]bool {
	seen := map[State]bool{}
	for len(from) > 0 {
		s := from[0]
		from = from[1:]
		if seen[s] {
			continue
		}
		seen[s] = true
		for _, t := range v.d.Transitions {
			if a, b := step(t); a == s {
				from = append(from, b)
			}
		}
	}
	return seen
}

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func stateNames(d *Definition) []string {
	out := make([]string, len(d.States))
	for i, s := range d.States {
		out[i] = string(s.Name)
	}
	return out
}

func eventNames(d *Definition) []string {
	out := make([]string, len(d.Events))
	for i, e := range d.Events {
		out[i] = string(e.Name)
	}
	return out
}
