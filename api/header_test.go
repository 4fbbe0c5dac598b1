package api

import (
	"testing"

	"duban/workflow"
)

func TestTheLanguageLikedBestIsSpoken(t *testing.T) {
	for accept, want := range map[string]workflow.Lang{
		"":                           workflow.ZH,
		"en":                         workflow.EN,
		"en-GB,en;q=0.9,zh;q=0.8":    workflow.EN,
		"zh-CN,zh;q=0.9,en;q=0.8":    workflow.ZH,
		"en;q=0.3, zh-TW;q=0.7":      workflow.ZH,
		"fr, en;q=0.5":               workflow.EN,
		"fr":                         workflow.ZH,
		"*":                          workflow.ZH,
		"en;q=0":                     workflow.ZH,
		"en;q=nonsense, \x00":        workflow.ZH,
		"zh;q=0.1, en;q=0.2, fr;q=1": workflow.EN,
	} {
		if got := languageOf(accept); got != want {
			t.Errorf("Accept-Language %q gives %s, want %s", accept, got, want)
		}
	}
}

func TestIfMatchNamesOneVersion(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   int
		ok     bool
	}{
		{nil, 0, true},
		{[]string{`"7"`}, 7, true},
		{[]string{`W/"7"`}, 7, true},
		{[]string{"7"}, 7, true},
		{[]string{" * "}, 0, true},
		{[]string{""}, 0, false},
		{[]string{`"7", "8"`}, 0, false},
		{[]string{`"7"`, `"8"`}, 0, false},
		{[]string{`"07"`}, 0, false},
		{[]string{`"-1"`}, 0, false},
		{[]string{`"12345678901"`}, 0, false},
	} {
		var p workflow.Problems
		if got := ifVersion(&p, c.values); got != c.want || (len(p) == 0) != c.ok {
			t.Errorf("If-Match %q gives %d and %v", c.values, got, p)
		}
	}
}

func TestTheHashOfARequestIsOfMethodPathAndBody(t *testing.T) {
	seen := map[string]string{}
	for _, c := range [][3]string{{"POST", "/a", "x"}, {"PUT", "/a", "x"}, {"POST", "/a", "x "}, {"POST", "/b", "x"}, {"POST", "/a", ""}} {
		r := requestFor(t, c[0], c[1])
		r.body = []byte(c[2])
		if other, twice := seen[r.hash()]; twice {
			t.Errorf("%q has the hash of %s", c, other)
		}
		seen[r.hash()] = c[0] + c[1] + c[2]
	}
}
