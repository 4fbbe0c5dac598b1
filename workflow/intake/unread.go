package intake

import (
	"fmt"

	"duban/workflow/strictyaml"
)

// unreadEntry is something that a reader of official tables left for a person to
// settle.
type unreadEntry struct {
	Line int    `yaml:",line"`
	What string `yaml:"what,required"`
	Text string `yaml:"text"`
	Why  string `yaml:"why"`
}

// unsettled is a problem for every mark that is still in the file.
func (y campaignFile) unsettled() []strictyaml.Problem {
	var ps []strictyaml.Problem
	add := func(path string, list []unreadEntry) {
		for i, u := range list {
			at := fmt.Sprintf("%s[%d]", path, i)
			ps = append(ps, strictyaml.Problem{Line: u.Line, Path: at, Rule: "unread",
				ZH: "尚待确定（" + u.What + "）：" + u.Why + "；确定后删去此条", EN: "still to be settled (" + u.What + "): " + u.Why + "; settle it and delete this entry"})
		}
	}
	add("unread", y.Unread)
	for i, t := range y.Tasks {
		add(fmt.Sprintf("tasks[%d].unread", i), t.Unread)
	}
	return ps
}
