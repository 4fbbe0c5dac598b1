package workflow

import (
	"slices"
	"strings"
	"time"

	"duban/workflow/calendar"
)

// Separation is what CheckSeparation tried and found.
type Separation struct {
	Sets      []GrantSet // every one that an account may lawfully hold, with what it may lawfully do as a deputy
	Positions int        // positions of a task that one of them reached alone
	Steps     int        // transitions tried
	Holes     []Hole     // empty: duties are separated
}

// GrantSet is what one account holds.
type GrantSet []Grant

// Deputy reports whether a part of the set is held as somebody's deputy.
func (g GrantSet) Deputy() bool {
	return slices.ContainsFunc(g, func(grant Grant) bool { return grant.OnBehalf != "" })
}

// Err is nil when duties are separated, and otherwise of kind Invalid.
func (s Separation) Err() error {
	var p Problems
	for _, h := range s.Holes {
		text := Text{ZH: h.Text.ZH, EN: h.Text.EN}
		for _, step := range h.Path {
			text.ZH += "；" + string(step.Event) + " → " + string(step.To)
			text.EN += "; " + string(step.Event) + " -> " + string(step.To)
		}
		p.Add(h.Grants.String(), "separation", text.ZH, text.EN)
	}
	return p.Err()
}

// String names the set as the command line does: "reporter:own + reviewer (deputy)".
func (g GrantSet) String() string {
	names := make([]string, len(g))
	for i, grant := range g {
		names[i] = string(grant.Role)
		switch grant.Region {
		case ownRegion:
			names[i] += ":own"
		case otherRegion:
			names[i] += ":other"
		}
		if grant.OnBehalf != "" {
			names[i] += " (deputy)"
		}
	}
	return strings.Join(names, " + ")
}

// Hole is a way in which one account could do alone what takes two.
type Hole struct {
	Grants GrantSet
	Path   []HoleStep // from assigned; empty when it lies in what the roles may do
	Text   Text
}

// HoleStep is one act of the account.
type HoleStep struct {
	Event    EventName
	Role     Role
	From, To State
}

// The regions of the search: that of the task, and another one.
const (
	ownRegion   = "440703"
	otherRegion = "440704"
)

// mostSteps ends the search for a path; no position is visited twice, so it is
// never reached by a definition of this size.
const mostSteps = 1 << 20

// CheckSeparation looks for an account that could take a task alone from assigned
// to reviewed, rectified or closed. It tries every set of grants that an account may
// lawfully hold, with every deputyship it may lawfully get, and follows every
// transition that the definition, its guards and the policy allow, whatever the day
// and the period, until nothing new is reached. It also looks at what the roles may
// do beside: who could make themselves a second account.
func (d *Definition) CheckSeparation(policy Authorizer) Separation {
	var out Separation
	for _, set := range lawfulSets() {
		out.Sets = append(out.Sets, set)
		for _, flag := range []bool{false, true} {
			s := search{def: d, policy: policy, actor: Actor{UserID: "one", Grants: set}, out: &out}
			s.run(position{state: d.Initial(), flag: flag})
		}
		if hole, ok := powers(d, policy, set); ok {
			out.Holes = append(out.Holes, hole)
		}
	}
	operator := GrantSet{{Role: Operator}}
	for _, e := range d.Events {
		if _, may := policy.May(Actor{Grants: operator}, EventPermission(e.Name), ownRegion); may && slices.Contains(judging, e.Name) {
			out.Holes = append(out.Holes, Hole{Grants: operator, Text: Text{
				ZH: "有服务器命令行的人可以“" + e.Label.ZH + "”", EN: "a person with a shell on the server may do \"" + e.Label.EN + "\""}})
		}
	}
	out.Holes = smallest(out.Holes)
	return out
}

// smallest leaves out what a larger set can do because a smaller one can.
func smallest(holes []Hole) (least []Hole) {
	slices.SortStableFunc(holes, func(a, b Hole) int { return len(a.Grants) - len(b.Grants) })
	for _, h := range holes {
		if !slices.ContainsFunc(least, func(l Hole) bool {
			return l.Text == h.Text && !slices.ContainsFunc(l.Grants, func(g Grant) bool { return !slices.Contains(h.Grants, g) })
		}) {
			least = append(least, h)
		}
	}
	return least
}

// judging are the events by which somebody answers for what another one did.
var judging = []EventName{EventApprove, EventFlag, EventConfirm, EventClose}

// lawfulSets returns every set of grants that User.Check allows, with every
// deputyship that checkDeputy allows beside it.
func lawfulSets() (sets []GrantSet) {
	atoms := []Grant{{Role: Reporter, Region: ownRegion}, {Role: Reporter, Region: otherRegion}, {Role: Reviewer}, {Role: Supervisor},
		{Role: Auditor}, {Role: SystemAdmin}, {Role: SecurityAdmin}, {Role: Operator}}
	deputy := []Grant{{Role: Reporter, Region: ownRegion, OnBehalf: "first"}, {Role: Reporter, Region: otherRegion, OnBehalf: "second"},
		{Role: Reviewer, OnBehalf: "third"}}
	for held := range subsets(atoms) {
		u := User{Login: "one", Name: "one", Grants: held}
		if u.Check().Err() != nil {
			continue
		}
		sets = append(sets, held)
		for given := range subsets(deputy) {
			if len(given) > 0 && !slices.ContainsFunc(given, func(g Grant) bool { return checkDeputy(u, g) != nil }) {
				sets = append(sets, slices.Concat(held, given))
			}
		}
	}
	return sets
}

func subsets(of []Grant) func(yield func([]Grant) bool) {
	return func(yield func([]Grant) bool) {
		for bits := range 1 << len(of) {
			var some []Grant
			for i, g := range of {
				if bits>>i&1 == 1 {
					some = append(some, g)
				}
			}
			if !yield(some) {
				return
			}
		}
	}
}

// powers finds what an account may do beside the events that lets it act as two
// persons, or that its role must never do.
func powers(d *Definition, policy Authorizer, set GrantSet) (Hole, bool) {
	may := func(p Permission) bool { return !policy.Scope(Actor{Grants: set}, p).Empty() }
	business := slices.ContainsFunc(d.Events, func(e EventDef) bool { return may(EventPermission(e.Name)) })
	switch {
	case may(MayWriteUsers) && may(MayWriteGrants):
		return Hole{Grants: set, Text: Text{ZH: "既能新建账号又能授权，可以给自己造出第二个身份", EN: "may make accounts and grant roles: could make itself a second identity"}}, true
	case business && (may(MayWriteUsers) || may(MayWriteGrants)):
		return Hole{Grants: set, Text: Text{ZH: "既办理业务又管理账号或授权", EN: "does business and administers accounts or grants"}}, true
	case business && slices.ContainsFunc(set, func(g Grant) bool { return slices.Contains(separated, g.Role) }):
		return Hole{Grants: set, Text: Text{ZH: "三员之一可以办理业务", EN: "one of the three administrators does business"}}, true
	}
	return Hole{}, false
}

// position is all that the guards can tell apart of a task in the search.
type position struct {
	state  State
	flag   bool
	report bool   // there is one, by the account itself: everybody else rests
	behalf string // for whom it was written
}

// search follows one account.
type search struct {
	def    *Definition
	policy Authorizer
	actor  Actor
	out    *Separation
	came   map[position]arrival
}

type arrival struct {
	from position
	step HoleStep
}

func (s *search) run(start position) {
	s.came = map[position]arrival{start: {}}
	queue := []position{start}
	for len(queue) > 0 && s.out.Steps < mostSteps {
		at := queue[0]
		queue = queue[1:]
		s.out.Positions++
		if slices.Contains([]State{Reviewed, Rectified, Closed}, at.state) {
			s.out.Holes = append(s.out.Holes, Hole{Grants: s.actor.Grants, Path: s.path(start, at), Text: Text{
				ZH: "一个账号可以独自办完", EN: "one account does it alone"}})
			return // the shortest; what follows from it is no news
		}
		for to, step := range s.steps(at) {
			s.out.Steps++
			if _, known := s.came[to]; !known {
				s.came[to] = arrival{at, step}
				queue = append(queue, to)
			}
		}
	}
}

func (s *search) path(start, at position) (steps []HoleStep) {
	for at != start {
		steps = append(steps, s.came[at].step)
		at = s.came[at].from
	}
	slices.Reverse(steps)
	return steps
}

// steps calls yield with every position that one act leads to, by the engine's own
// rules: the policy, the definition, the guards.
func (s *search) steps(at position) func(yield func(position, HoleStep) bool) {
	return func(yield func(position, HoleStep) bool) {
		for _, e := range s.def.Events {
			grant, ok := s.policy.May(s.actor, EventPermission(e.Name), ownRegion)
			if !ok {
				continue
			}
			for _, sit := range s.situations(at) {
				t, refusal := s.def.next(sit, e.Name)
				if refusal != nil {
					continue
				}
				if !yield(at.after(t, grant), HoleStep{Event: e.Name, Role: grant.Role, From: t.From, To: t.To}) {
					return
				}
			}
		}
	}
}

// situations are the position on every kind of day: before and after the report-by
// date, with and without a later period open. A reason is always given.
func (s *search) situations(at position) (all []situation) {
	first, second := calendar.New(2023, time.July, 10), calendar.New(2023, time.October, 10)
	c := Campaign{Periods: []Period{{Code: "first", ReportBy: first}, {Code: "second", ReportBy: second}}}
	for _, open := range []string{"first", "second"} {
		for _, day := range []calendar.Date{first, second} {
			sit := situation{actor: s.actor, campaign: c, at: day.End().Add(-time.Hour), input: &Input{Reason: "reason"},
				task: Task{State: at.state, Region: ownRegion, Period: "first"}}
			sit.campaign.OpenPeriod = open
			if at.report {
				sit.report = &Report{Author: s.actor.UserID, OnBehalf: at.behalf}
			}
			if at.flag {
				sit.flag = &Flag{}
			}
			all = append(all, sit)
		}
	}
	return all
}

// after is the position after a transition, as the effects of the events leave it.
func (at position) after(t Transition, by Grant) position {
	next := at
	next.state = t.To
	switch t.Event {
	case EventReport:
		next.report, next.behalf = true, by.OnBehalf
	case EventWithdraw, EventReturn, EventReject, EventOpenPeriod:
		next.report, next.behalf = false, ""
	case EventFlag:
		next.flag = true
	case EventConfirm, EventCancel:
		next.flag = false
	}
	return next
}
