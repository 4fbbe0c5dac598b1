package workflow

import (
	"fmt"
	"strings"
)

// Mermaid draws the definition as a Mermaid state diagram with labels in the
// given language. Transitions between the same two states share one arrow.
func (d *Definition) Mermaid(l Lang) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, s := range d.States {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", s.Label.In(l), s.Name)
	}
	type arrow struct{ from, to State }
	var order []arrow
	labels := map[arrow][]string{}
	for _, t := range d.Transitions {
		a := arrow{t.From, t.To}
		if _, drawn := labels[a]; !drawn {
			order = append(order, a)
		}
		e, _ := d.Event(t.Event)
		labels[a] = append(labels[a], e.Label.In(l))
	}
	for _, a := range order {
		from := string(a.from)
		if from == "" {
			from = "[*]"
		}
		fmt.Fprintf(&b, "    %s --> %s : %s\n", from, a.to, strings.Join(labels[a], " / "))
	}
	for _, s := range d.States {
		if s.Terminal {
			fmt.Fprintf(&b, "    %s --> [*]\n", s.Name)
		}
	}
	return b.String()
}
