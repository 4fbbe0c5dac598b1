package assess_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duban/workflow/assess"
	"duban/workflow/calendar"
)

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func num(s string) *assess.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

// half is an assessment of the first half of 2023 as it was known at the end of
// August.
func half(measures []assess.Measure, values assess.Values) assess.Input {
	return assess.Input{
		Measures: measures, Values: values,
		Starts: day("2023-01-01"), Cutoff: day("2023-06-30"), EvidenceDate: day("2023-08-31"),
		Params: assess.Params{Version: 1, NearlyRatio: assess.DefaultRatio, PaceRatio: assess.DefaultRatio},
	}
}

func cumulative(targets ...string) assess.Measure {
	m := assess.Measure{Code: "m", Kind: assess.Cumulative}
	for i := 0; i+1 < len(targets); i += 2 {
		m.Targets = append(m.Targets, assess.Target{Due: day(targets[i]), Value: *num(targets[i+1])})
	}
	return m
}

func share(count int64, targets ...string) assess.Measure {
	m := cumulative(targets...)
	m.Of = &assess.Count{Count: count, Unit: "座"}
	return m
}

func reached(atCutoff, latest, on string) assess.Value {
	v := assess.Value{AtCutoff: num(atCutoff)}
	if latest != "" {
		v.Latest, v.LatestOn = num(latest), day(on)
	}
	return v
}

func chain(dues ...string) assess.Measure {
	m := assess.Measure{Code: "m", Kind: assess.Stages}
	for i := 0; i+1 < len(dues); i += 2 {
		m.Stages = append(m.Stages, assess.Stage{Code: dues[i], Name: dues[i], Due: day(dues[i+1])})
	}
	return m
}

func done(stages ...string) assess.Value {
	v := assess.Value{Stages: map[string]assess.StageValue{}}
	for i := 0; i+1 < len(stages); i += 2 {
		if d, err := calendar.Parse(stages[i+1]); err == nil {
			v.Stages[stages[i]] = assess.StageValue{DoneOn: d}
		} else {
			v.Stages[stages[i]] = assess.StageValue{Share: num(stages[i+1])}
		}
	}
	return v
}

func ceiling(target, fallback string, decimals int32) assess.Measure {
	m := assess.Measure{Code: "m", Kind: assess.Ceiling, Target: num(target), Decimals: decimals}
	if fallback != "" {
		m.Fallback = num(fallback)
	}
	return m
}

func level(v string) assess.Value { return assess.Value{Value: num(v)} }

// TestOneMeasure states the rules of domain.md "Assessment", one line for each
// side of each boundary.
func TestOneMeasure(t *testing.T) {
	for name, c := range map[string]struct {
		measure assess.Measure
		value   assess.Value
		verdict assess.Verdict
		rule    assess.Rule
		ratio   string
	}{
		"reached at the cutoff":                  {cumulative("2023-06-30", "100"), reached("100", "", ""), assess.OnSchedule, assess.RuleAtCutoff, ""},
		"due on the cutoff is due":               {cumulative("2023-06-30", "10", "2023-07-01", "99"), reached("10", "", ""), assess.OnSchedule, assess.RuleAtCutoff, ""},
		"reached after the cutoff":               {cumulative("2023-06-30", "10"), reached("9", "10", "2023-07-31"), assess.Nearly, assess.RuleReachedLate, ""},
		"reached after the evidence date":        {cumulative("2023-06-30", "10"), reached("9", "10", "2023-09-01"), assess.Nearly, assess.RuleRatio, "0.9"},
		"ratio just at the threshold":            {cumulative("2023-06-30", "10"), reached("7", "", ""), assess.Nearly, assess.RuleRatio, "0.7"},
		"ratio just below the threshold":         {cumulative("2023-06-30", "100000000"), reached("69999999", "", ""), assess.Behind, assess.RuleRatio, "0.6999"},
		"the latest figure gives the ratio":      {cumulative("2023-06-30", "100"), reached("10", "73.41", "2023-08-31"), assess.Nearly, assess.RuleRatio, "0.7341"},
		"the latest due target counts":           {cumulative("2023-03-31", "5", "2023-06-30", "10"), reached("6", "", ""), assess.Behind, assess.RuleRatio, "0.6"},
		"ten percent of eight stations is one":   {share(8, "2023-06-30", "10", "2023-12-10", "100"), reached("0", "1", "2023-07-31"), assess.Nearly, assess.RuleReachedLate, ""},
		"whole units, none of one":               {share(8, "2023-06-30", "10"), reached("0", "0", "2023-08-31"), assess.Behind, assess.RuleRatio, "0"},
		"pace too slow":                          {cumulative("2023-12-10", "67"), reached("10", "", ""), assess.Lagging, assess.RulePace, "0.2844"},
		"pace just at the threshold":             {cumulative("2023-12-10", "49"), reached("18", "", ""), assess.OnSchedule, assess.RulePace, "0.7"},
		"pace counts the cutoff, not the latest": {cumulative("2023-12-10", "67"), reached("10", "67", "2023-08-31"), assess.Lagging, assess.RulePace, "0.2844"},
		"stage done by its due date":             {chain("plan", "2023-06-30"), done("plan", "2023-06-30"), assess.OnSchedule, assess.RuleStageDone, ""},
		"stage done late":                        {chain("plan", "2023-06-30"), done("plan", "2023-08-31"), assess.Nearly, assess.RuleStageLate, ""},
		"stage done after the evidence date":     {chain("plan", "2023-06-30"), done("plan", "2023-09-01"), assess.Behind, assess.RuleStageOpen, ""},
		"stage not done":                         {chain("plan", "2023-06-30"), done(), assess.Behind, assess.RuleStageOpen, ""},
		"stage nearly done":                      {chain("plan", "2023-06-30"), done("plan", "0.70"), assess.Nearly, assess.RuleStageRatio, "0.7"},
		"stage hardly begun":                     {chain("plan", "2023-06-30"), done("plan", "0.4"), assess.Behind, assess.RuleStageRatio, "0.4"},
		"the worst due stage counts":             {chain("a", "2023-03-31", "b", "2023-06-30", "c", "2023-09-30"), done("a", "2023-03-01"), assess.Behind, assess.RuleStageOpen, ""},
		"next stage by its pace":                 {chain("a", "2023-12-10"), done("a", "0.2"), assess.Lagging, assess.RuleStagePace, "0.3811"},
		"next stage done early":                  {chain("a", "2023-09-30", "b", "2023-12-10"), done("a", "2023-05-01"), assess.OnSchedule, assess.RuleStagePace, "1.5111"},
		"ceiling met exactly":                    {ceiling("23", "25", 0), level("23"), assess.OnSchedule, assess.RuleTarget, ""},
		"ceiling rounded down, half to even":     {ceiling("22", "", 0), level("22.5"), assess.OnSchedule, assess.RuleTarget, ""},
		"ceiling rounded up, half to even":       {ceiling("23", "", 0), level("23.5"), assess.Behind, assess.RuleAbove, ""},
		"ceiling rounded once, not step by step": {ceiling("23", "", 0), level("23.4999"), assess.OnSchedule, assess.RuleTarget, ""},
		"ceiling at the fallback":                {ceiling("60", "100", 0), level("100"), assess.Nearly, assess.RuleFallback, ""},
		"ceiling above the fallback":             {ceiling("20", "21", 1), level("21.06"), assess.Behind, assess.RuleAbove, ""},
		"no word yet":                            {assess.Measure{Code: "m", Kind: assess.Qualitative}, assess.Value{}, assess.OnSchedule, assess.RuleNoWord, ""},
		"the word given":                         {assess.Measure{Code: "m", Kind: assess.Qualitative}, assess.Value{Verdict: assess.Behind}, assess.Behind, assess.RuleWord, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := assess.Assess(half([]assess.Measure{c.measure}, assess.Values{"m": c.value}))
			j := a.Measures[0]
			if a.Verdict != c.verdict || j.Verdict != c.verdict || j.Rule != c.rule || j.Ratio != c.ratio {
				t.Errorf("got %s: %+v", a.Verdict, j)
			}
		})
	}
}

// TestTaskVerdict states how measures combine.
func TestTaskVerdict(t *testing.T) {
	due, later := cumulative("2023-06-30", "10"), cumulative("2023-12-10", "10")
	due.Code, later.Code = "due", "later"
	basin := ceiling("60", "100", 0)
	basin.Code = "basin"
	for name, c := range map[string]struct {
		measures []assess.Measure
		values   assess.Values
		verdict  assess.Verdict
	}{
		"an early success on a later target buys nothing": {[]assess.Measure{due, later}, assess.Values{"due": reached("1", "", ""), "later": reached("10", "", "")}, assess.Behind},
		"a later target is not judged beside a due one":   {[]assess.Measure{due, later}, assess.Values{"due": reached("10", "", "")}, assess.OnSchedule},
		"the worst of ceiling and due target":             {[]assess.Measure{due, basin}, assess.Values{"due": reached("10", "", ""), "basin": level("65")}, assess.Nearly},
		"pace is judged beside a ceiling":                 {[]assess.Measure{later, basin}, assess.Values{"later": reached("0", "", ""), "basin": level("65")}, assess.Lagging},
		"a ceiling far above outweighs the pace":          {[]assess.Measure{later, basin}, assess.Values{"later": reached("0", "", ""), "basin": level("101")}, assess.Behind},
	} {
		t.Run(name, func(t *testing.T) {
			if a := assess.Assess(half(c.measures, c.values)); a.Verdict != c.verdict {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// TestExplanationIsComplete: the verdict on eight stations is explained by the
// figures of campaign-format.md.
func TestExplanationIsComplete(t *testing.T) {
	a := assess.Assess(half([]assess.Measure{share(8, "2023-06-30", "10")}, assess.Values{"m": reached("0", "0", "2023-08-31")}))
	want := assess.Judged{Code: "m", Verdict: assess.Behind, Rule: assess.RuleRatio, Required: "1", Actual: "0", Ratio: "0", Threshold: "0.70", Due: day("2023-06-30")}
	if got := a.Measures[0]; got.Code != want.Code || got.Required != want.Required || got.Actual != want.Actual || got.Ratio != want.Ratio || got.Threshold != want.Threshold || got.Due != want.Due {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestMoreIsNeverWorse: a higher cumulative figure, a lower ceiling figure or an
// earlier stage never worsens a verdict.
func TestMoreIsNeverWorse(t *testing.T) {
	rank := map[assess.Verdict]int{assess.OnSchedule: 0, assess.Nearly: 1, assess.Lagging: 2, assess.Behind: 3}
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 20_000)
		a, b := decimal.New(cents.Draw(t, "a"), -2), decimal.New(cents.Draw(t, "b"), -2)
		if a.GreaterThan(b) {
			a, b = b, a
		}
		m := rapid.SampledFrom([]assess.Measure{
			cumulative("2023-06-30", "100", "2023-12-10", "150"), cumulative("2023-12-10", "150"), share(8, "2023-06-30", "10"),
		}).Draw(t, "measure")
		verdict := func(v assess.Decimal) assess.Verdict {
			return assess.Assess(half([]assess.Measure{m}, assess.Values{"m": {AtCutoff: &v}})).Verdict
		}
		if rank[verdict(b)] > rank[verdict(a)] {
			t.Fatalf("%s gives %s, but %s gives %s", a, verdict(a), b, verdict(b))
		}
		low := assess.Assess(half([]assess.Measure{ceiling("60", "100", 1)}, assess.Values{"m": {Value: &a}})).Verdict
		high := assess.Assess(half([]assess.Measure{ceiling("60", "100", 1)}, assess.Values{"m": {Value: &b}})).Verdict
		if rank[low] > rank[high] {
			t.Fatalf("ceiling: %s gives %s, but %s gives %s", a, low, b, high)
		}
	})
}

// TestShownRatioAgrees: the ratio in the explanation stands on the same side of
// the threshold as the verdict.
func TestShownRatioAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := decimal.NewFromInt(rapid.Int64Range(1, 1_000_000).Draw(t, "target"))
		value := decimal.NewFromInt(rapid.Int64Range(0, 999_999).Draw(t, "value"))
		m := assess.Measure{Code: "m", Kind: assess.Cumulative, Targets: []assess.Target{{Due: day("2023-06-30"), Value: target}}}
		j := assess.Assess(half([]assess.Measure{m}, assess.Values{"m": {AtCutoff: &value}})).Measures[0]
		if j.Rule != assess.RuleRatio {
			return
		}
		below := decimal.RequireFromString(j.Ratio).LessThan(decimal.RequireFromString(j.Threshold))
		if below != (j.Verdict == assess.Behind) {
			t.Fatalf("%s of %s: ratio %s, verdict %s", value, target, j.Ratio, j.Verdict)
		}
	})
}

// TestFiguresAreRead: what districts type, and what is refused.
func TestFiguresAreRead(t *testing.T) {
	for in, want := range map[string]string{"9.25": "9.25", "９．２５": "9.25", " 0.70 ": "0.70", "-1": "-1"} {
		if d, err := assess.ParseDecimal(in); err != nil || assess.Exact(d) != want {
			t.Errorf("%q: %s, %v", in, assess.Exact(d), err)
		}
	}
	for _, in := range []string{"", "1e9", "NaN", "1,000", "0x1", "9.", ".5", "1234567890123456", "75%"} {
		if d, err := assess.ParseDecimal(in); err == nil {
			t.Errorf("%q was read as %s", in, d)
		}
	}
}

// TestAQuotientIsRoundedOnce, half to even, on either side of every boundary.
func TestAQuotientIsRoundedOnce(t *testing.T) {
	for _, c := range []struct {
		a, b, want string
	}{
		{"0", "3", "0"}, {"1", "4", "0.2"}, {"3", "4", "0.8"}, {"1", "3", "0.3"}, {"2", "3", "0.7"}, {"-1", "4", "-0.2"}, {"-3", "4", "-0.8"}, {"-2", "3", "-0.7"},
		{"249999999999999999999999999", "1000000000000000000000000000", "0.2"},
		{"250000000000000000000000001", "1000000000000000000000000000", "0.3"},
		{"350000000000000000000000000", "1000000000000000000000000000", "0.4"},
		{"95", "100", "1"}, {"10", "1", "10"},
	} {
		a, b := decimal.RequireFromString(c.a), decimal.RequireFromString(c.b)
		if got := assess.RoundQuotient(a, b, 1); !got.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("%s / %s is %s, want %s", c.a, c.b, got, c.want)
		}
	}
}
