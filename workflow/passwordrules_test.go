package workflow_test

import (
	"strings"
	"testing"

	"duban/workflow"
	"duban/workflow/gormstore/dbtest"
)

// TestPasswordsByTheRules: each profile takes and refuses what its source says.
func TestPasswordsByTheRules(t *testing.T) {
	nist, dengbao := workflow.RulesOf(workflow.NIST), workflow.RulesOf(workflow.Dengbao3)
	second := nist
	second.TOTPRequired = []workflow.Role{workflow.Reviewer}
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct {
		name     string
		rules    workflow.SignInRules
		password string
		rule     string // broken; empty: none
	}{
		{"fourteen characters alone", nist, "moss-kettle-17", "length"},
		{"fifteen characters alone", nist, "moss-kettle-17b", ""},
		{"no rules of composition", nist, "mosskettlegarden", ""},
		{"words with spaces", nist, "moss kettle garden", ""},
		{"Chinese", nist, "青山绿水间有一只白鹭飞过稻田了", ""},
		{"any sign", nist, "mosskettle 🫖 ☘ garden", ""},
		{"twelve beside a second factor", second, "moss-kettle1", ""},
		{"eleven beside a second factor", second, "moss-kettle", "length"},
		{"three kinds", dengbao, "Moss-kettle.", ""},
		{"two kinds", dengbao, "moss-kettle-garden", "kinds"},
		{"as long as may be", nist, strings.Repeat("moss kettl e ga ", 8), ""},
		{"longer", nist, strings.Repeat("moss kettle garden", 8), "length"},
		{"a control character", nist, "moss kettle\tgarden", "form"},
		{"common, with figures", nist, "Password123456!", "common"},
		{"common, in disguise", nist, "P@$$w0rd!P@$$w0rd!", "common"},
		{"common, full-width", nist, "Ｐａｓｓｗｏｒｄ１２３４５６７", "common"},
		{"a keyboard's rows", dengbao, "1qaz@WSX3edc$RFV", "common"},
		{"another row", dengbao, "Qwertyuiop[]1234", "common"},
		{"one character", nist, "aaaaaaaaaaaaaaaaaaaa", "common"},
		{"one word again and again", nist, "mossmossmossmossmoss", "common"},
		{"figures in order", nist, "12345678909876543210", "common"},
		{"the login and a year", dengbao, "Li.Xiaoqiang@2023", "common"},
		{"the name and a date", nist, "李晓强李晓强19880808李晓强", "common"},
		{"pinyin", dengbao, "Woaini1314520!!", "common"},
		{"pinyin of the office", dengbao, "Jiangmen.huanbaoju@2023", "common"},
		{"pinyin of names", dengbao, "Zhangwei_Lina_5201314", "common"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.WithSignInRules(c.rules)
			u := account("li.xiaoqiang", workflow.Grant{Role: workflow.Reviewer})
			u.Name = "李晓强"
			// What a password breaks is told before who may make accounts.
			_, err := w.CreateUser(w.ctx(), by(reviewer), u, c.password)
			if c.rule == "" {
				kind(t, err, workflow.Forbidden, "forbidden")
				return
			}
			if e := kind(t, err, workflow.Invalid, "invalid"); len(e.Fields) != 1 || e.Fields[0].Field != "password" || e.Fields[0].Rule != c.rule {
				t.Errorf("broken rules are %+v, want %s", e.Fields, c.rule)
			}
		})
	}
}

// TestAPasswordIsTheSameInAnyForm: NFKC, SP 800-63B-4, 3.1.1.2.
func TestAPasswordIsTheSameInAnyForm(t *testing.T) {
	d := newDoor(t, dbtest.SQLite(t))
	u := account("li", workflow.Grant{Role: workflow.Reviewer})
	if _, err := d.CreateUser(d.ctx(), by(operator), u, "caf\u00e9 kettle ２０２３ moss"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.try("li", "cafe\u0301 kettle 2023 moss"); err != nil {
		t.Error(err)
	}
	_, err := d.try("li", "cafe kettle 2023 moss")
	kind(t, err, workflow.Unauthenticated, "session.refused")
}

// TestMadeUpPasswordsFitEveryProfile.
func TestMadeUpPasswordsFitEveryProfile(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, p := range workflow.Profiles {
		w.WithSignInRules(workflow.RulesOf(p))
		for range 20 {
			_, err := w.CreateUser(w.ctx(), by(reviewer), account("li.ming", workflow.Grant{Role: workflow.Reviewer}), workflow.NewPassword())
			kind(t, err, workflow.Forbidden, "forbidden")
		}
	}
}

// TestCodesAreThoseOfTheStandards: RFC 4226, appendix D, and RFC 6238, appendix B
// (SHA-1).
func TestCodesAreThoseOfTheStandards(t *testing.T) {
	secret := []byte("12345678901234567890")
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := workflow.HOTP(secret, uint64(counter), 6); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
	for second, want := range map[uint64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := workflow.HOTP(secret, second/30, 8); got != want {
			t.Errorf("second %d: %s, want %s", second, got, want)
		}
	}
}
